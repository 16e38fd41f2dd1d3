"""What the sheets Start tell people to do and to notice: each line has a test that holds what comes of it.

A line that promises nothing ("look at ...") has none. A line that is changed must be looked at again: its words here.
"""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

from pyfuncs.training.contract import read_model
from pyfuncs.training.trainer import Diverged, Trainer
from workbooks.lessons import sine
from workbooks.lessons.backprop import workbook as backprop
from workbooks.lessons.digits import lesson as digits
from workbooks.lessons.gradient_descent import workbook as gradient_descent
from workbooks.lessons.neurons import workbook as neurons
from workbooks.lessons.notebook import workbook as notebook
from workbooks.lessons.playground import workbook as playground
from workbooks.lessons.titanic.lesson import LINEAR, TWO_LAYER
from workbooks.own_data import words
from workbooks.sheets.status import ABOVE_THE_START, ON

TESTS = Path(__file__).parents[1]
LEAST_SQUARES = 0.1442271493073
SHOWN = "test_the_step_shown"
PROMISES = {
    "titanic_linear": (
        (*LINEAR.steps, *LINEAR.notice),
        (
            ("change a weight", "test_a_changed_weight_moves_the_loss_on_lesson_model_and_start_alike"),
            ("--epochs 10", "test_ten_epochs_of_the_linear_model"),
            ("You aboard", "test_you_aboard_answers_as_the_model_does"),
            ("Your turn", "test_each_is_answered_as_soon_as_it_is_typed"),
            ("between 0.1 and 1", "test_somewhere_between_a_tenth_and_one_the_loss_flies_off"),
            ("By hand", "test_gradient_descent_takes_as_many_steps"),
            ("Fill down", "test_every_row_is_what_the_buttons_have_after_so_many_epochs"),
            ("logistic regression", "test_with_a_sigmoid_and_bce_it_is_logistic_regression"),
            ("equals the computed one", SHOWN),
            ("fast at first, then slowly", "test_the_loss_falls_fast_and_then_slowly_and_the_accuracy_in_jumps"),
            ("gets there too", "test_training_comes_within_a_millionth_of_least_squares"),
            ("Accuracy moves in jumps", "test_the_loss_falls_fast_and_then_slowly_and_the_accuracy_in_jumps"),
        ),
    ),
    "titanic_two_layer": (
        (*TWO_LAYER.steps, *TWO_LAYER.notice),
        (
            ("change a weight", "test_a_changed_weight_moves_the_loss_on_lesson_model_and_start_alike"),
            ("--epochs 100", "test_fixed_ones_end_where_they_always_did"),
            ("You aboard", "test_you_aboard_answers_as_the_model_does"),
            ("Your turn", "test_each_is_answered_as_soon_as_it_is_typed"),
            ("Fill down", "test_every_row_is_what_the_buttons_have_after_so_many_epochs"),
            ("trained with biases", "test_a_second_layer_that_trains_ends_below_them_from_nearly_every_seed"),
            ("What if", "test_one_setting_redraws_the_entire_curve_and_changes_nothing_else"),
            ("only a linear model", "test_without_an_activation_two_linear_models_are_one"),
            ("--restarts 64", "test_sixty_four_starts_keep_the_best"),
            ("Batches do not change their number", "test_batches_do_not_change_the_shapes"),
            ("weights fixed at 1", "test_only_the_first_biases_differ_at_the_start"),
            ("layers cannot", None),
            ("712×10", "test_batches_do_not_change_the_shapes"),
        ),
    ),
    "sine": (
        (*sine.STEPS, *sine.NOTICE),
        (
            ("The orange line bends", None),
            ("clicks", "test_relu_learns_the_wave_within_the_clicks_the_sheet_names"),
            ("identity", "test_without_an_activation_it_stays_a_line"),
            ("Back to relu", "test_the_sine_wave_after_ten_clicks"),
            ("--epochs 200", "test_every_command_works_in_the_order_of_the_page_and_ends_as_it_should"),
            ("0.207", "test_without_an_activation_it_stays_a_line"),
            ("", "test_the_sine_wave_after_ten_clicks"),
            ("tanh", "test_tanh_learns_it_too"),
            ("straight on there", "test_outside_the_points_a_relu_network_goes_straight_on"),
            ("Other seeds", "test_most_seeds_learn_it_and_not_all"),
        ),
    ),
    "titanic_notebook": (
        (*notebook.STEPS, *notebook.NOTICE),
        (
            ("Look at Data", "test_the_inputs_are_the_notebooks_twelve_columns"),
            ("Open Linear", "test_the_loss_still_falls_when_the_error_rate_stands_still"),
            ("One hidden and Two hidden", "test_start_compares_the_three_models"),
            ("Mistakes", "test_the_models_mostly_get_the_same_people_wrong"),
            ("lr on One hidden to 200", "test_at_a_learning_rate_of_200_the_hidden_layer_jams"),
            ("82.6 %", "test_thirty_epochs_get_826_of_a_thousand_right"),
            ("Error rate is 1 - accuracy", "test_thirty_epochs_get_826_of_a_thousand_right"),
            ("", "test_the_list_of_mistakes_is_whom_the_model_gets_wrong"),
            ("Later the loss falls", "test_the_loss_still_falls_when_the_error_rate_stands_still"),
        ),
    ),
    "backprop": (
        (*backprop.STEPS, *backprop.NOTICE),
        (
            ("Open the sheet Net", None),
            ("Compare each purple block", "test_every_block_is_what_it_is_called"),
            ("Who is to blame", "test_the_paths_of_every_weight_and_bias_add_up_to_its_gradient"),
            ("lr · gradient", "test_the_stack_is_all_weights_and_biases_and_its_step_is_the_trainers"),
            ("clicks", "test_it_learns_all_rows_within_the_clicks_the_sheet_names"),
            ("overwrite one weight", "test_a_weight_changes_what_comes_after_it_and_every_gradient"),
            ("must be kept", None),
            ("no gradient comes back", "test_no_gradient_comes_back_where_relu_gave_nothing"),
            ("shape", "test_what_stands_over_the_blocks_tells_their_shapes"),
            ("identity", "test_without_an_activation_one_row_at_least_stays_wrong"),
            ("Rows are computed all at once", None),
        ),
    ),
    "playground": (
        (*playground.STEPS, *playground.NOTICE),
        (
            ("until the colours fit", "test_the_playground_after_ten_clicks"),
            ("identity", "test_a_straight_border_cannot_part_a_circle_until_it_sees_the_squares"),
            ("XOR", "test_a_straight_border_cannot_part_xor_until_it_sees_the_product"),
            ("The spiral", "test_the_spiral_is_learned_with_the_settings_the_sheet_names"),
            ("regularisation", "test_noise_is_learned_too_and_regularisation_holds_it"),
            ("saves a layer", "test_a_straight_border_cannot_part_a_circle_until_it_sees_the_squares"),
            ("many linear layers are one", "test_a_straight_border_cannot_part_a_circle_until_it_sees_the_squares"),
            ("elsewhere the network guesses", None),
            ("overfitting", "test_noise_is_learned_too_and_regularisation_holds_it"),
            ("a circle needs three", "test_a_circle_needs_three_border_lines"),
        ),
    ),
    "neurons": (
        (*neurons.STEPS, *neurons.NOTICE),
        (
            ("OR with threshold 2 is AND", "test_or_with_threshold_two_is_and"),
            ("none gets four rows right", "test_no_single_neuron_gives_xor_or_nand"),
            ("0.49", "test_the_film_at_049_is_a_no_and_the_sigmoid_says_0498"),
            ("never settles", "test_with_the_first_film_disliked_it_never_settles"),
            ("derivative", "test_curves_and_derivatives_are_right_by_the_formula_and_by_hand"),
            ("0.498", "test_the_film_at_049_is_a_no_and_the_sigmoid_says_0498"),
            ("how much there is", "test_relu_is_the_number_times_the_threshold"),
            ("XOR it never learns", "test_the_perceptron_never_learns_xor"),
            ("no correction", None),
        ),
    ),
    "gradient_descent": (
        (*gradient_descent.STEPS, *gradient_descent.NOTICE),
        (
            ("Sheet SGD", "test_each_row_is_the_step_of_plain_python"),
            ("grey steps are done", "test_steps_taken_leave_the_end_of_the_epoch_where_it_was"),
            ("--model Adam", "test_the_page_says_what_fifty_epochs_give"),
            ("Compare", None),
            ("lr to 0.001", "test_with_ten_times_the_rate_it_flies_off_and_reset_brings_it_back"),
            ("numerical gradient", "test_each_row_is_the_step_of_plain_python"),
            ("b crawls", "test_after_fifty_epochs_sgd_has_b_at_3_and_three_others_at_30"),
            ("SGD has b at 3", "test_after_fifty_epochs_sgd_has_b_at_3_and_three_others_at_30"),
            ("follows the slope arrives", "test_only_the_gradient_step_arrives"),
            ("standardise x", "test_one_epoch_of_sgd_reaches_0003_where_fifty_left_213"),
        ),
    ),
    "digits": (
        (*digits.SMALL.steps, *digits.NOTICE),
        (
            ("Type another image number", "test_the_image_that_is_chosen_is_drawn_and_answered"),
            ("N epochs", "test_with_sigmoids_it_learns"),
            ("confusion matrix", "test_the_results_are_what_numpy_and_scikit_learn_find"),
            ("relu", "test_with_relu_it_learns_sooner"),
            ("Draw your own digit", "test_the_sheet_answers_to_every_picture_what_the_network_says"),
            ("brightest", "test_the_image_that_is_chosen_is_drawn_and_answered"),
            ("Error rate beside accuracy", None),
            ("learns faster", "test_with_relu_it_learns_sooner"),
            ("masks", None),
        ),
    ),
    "own table": (
        words.ALWAYS,
        (
            ("kept aside", None),
            ("in jumps", None),
            ("flies off", "test_start_says_that_the_learning_rate_is_too_high_until_reset"),
            ("Another seed", "test_another_seed_gives_other_first_weights"),
        ),
    ),
}


def all_tests():
    """Return the names of all tests there are."""
    return {
        each.name
        for path in TESTS.rglob("test_*.py")
        for each in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(each, ast.FunctionDef)
    }


@pytest.mark.parametrize("name", PROMISES)
def test_every_line_is_held_by_a_test_that_is_there(name):
    lines, held = PROMISES[name]
    assert len(lines) == len(held)
    for line, (fragment, _) in zip(lines, held, strict=True):
        assert fragment in line
    assert {test for _, test in held if test} <= all_tests()


@pytest.fixture
def trainer_of(opened):
    """Return the trainer of a template with some cells changed, after Reset."""

    def chosen(name, cells):
        book = opened(name)
        book.hold(cells)
        trainer = Trainer(read_model(book.file))
        trainer.reset()
        return trainer

    return chosen


def test_ten_epochs_of_the_linear_model(trainer_of):
    trainer = trainer_of("titanic_linear", {})
    trainer.train(10)
    assert trainer.state.history[-1].train_loss == pytest.approx(0.1841, abs=5e-4)


def test_somewhere_between_a_tenth_and_one_the_loss_flies_off(trainer_of):
    ends = {}
    for lr in (0.1, 0.2, 0.3, 1.0):
        trainer = trainer_of("titanic_linear", {"lr": lr})
        trainer.train(20)
        ends[lr] = trainer.state.history[-1].train_loss
    assert ends[0.2] < ends[0.1] < 0.17
    assert ends[0.3] > 1e3
    assert ends[1.0] > ends[0.3]


@pytest.mark.parametrize("name", ["titanic_linear", "titanic_two_layer"])
def test_at_a_rate_of_two_a_few_epochs_after_reset_start_says_so(opened, trainer_of, name):
    trainer = trainer_of(name, {"lr": 2.0})
    first = trainer.state.history[0].train_loss
    trainer.train(3)
    assert trainer.state.history[-1].train_loss > first
    book = opened(name)
    book.hold(
        {
            "lr": 2.0,
            "history": [[r.epoch, r.step, r.train_loss, None, None, None] for r in trainer.state.history]
            + [[None] * 6] * 196,
        }
    )
    texts = {book.sheets.cell("Start", row, 2) for row in range(6, 30)}
    assert ABOVE_THE_START in texts
    assert ON not in texts


def test_a_rate_of_two_and_batches_of_32_fly_off_at_once(trainer_of):
    trainer = trainer_of("titanic_linear", {"lr": 2.0, "batch_size": 32})
    try:
        trainer.train(3)
    except Diverged:
        return
    assert trainer.state.history[-1].train_loss > 1e6


def test_with_a_sigmoid_and_bce_it_is_logistic_regression(trainer_of):
    from sklearn.linear_model import LogisticRegression

    trainer = trainer_of(
        "titanic_linear", {"activation_1": "sigmoid", "loss": "bce", "optimizer": "momentum", "lr": 0.5}
    )
    trainer.train(1000)
    model = trainer.model
    known = LogisticRegression(C=1e12, fit_intercept=False, tol=1e-10, max_iter=10000)
    known.fit(model.inputs, model.target[:, 0])
    assert trainer.state.params == pytest.approx(known.coef_[0], abs=0.02)
    assert trainer.state.history[-1].accuracy == pytest.approx(known.score(model.inputs, model.target[:, 0]), abs=0.003)


def test_the_loss_falls_fast_and_then_slowly_and_the_accuracy_in_jumps(trainer_of):
    trainer = trainer_of("titanic_linear", {})
    trainer.train(100)
    losses = np.array([record.train_loss for record in trainer.state.history])
    falls = -np.diff(losses)
    assert (falls > 0).all()
    assert falls[:10].sum() > 5 * falls[10:20].sum() / 2
    assert falls[:10].sum() > 10 * falls[-10:].sum()
    accuracies = [record.accuracy for record in trainer.state.history]
    assert 0.0 in np.diff(accuracies)
    assert (np.diff(accuracies) < 0).any()


def test_without_an_activation_two_linear_models_are_one(trainer_of):
    trainer = trainer_of("titanic_two_layer", {"activation_1": "identity", "optimizer": "momentum", "lr": 0.02})
    trainer.train(3000)
    assert LEAST_SQUARES <= trainer.state.history[-1].train_loss < LEAST_SQUARES + 1e-5
    _, second = trainer.model.layers
    weights = trainer.state.params[:20].reshape(10, 2)
    one = np.linalg.lstsq(trainer.model.inputs, trainer.model.target, rcond=None)[0]
    assert trainer.model.inputs @ weights @ second.weight == pytest.approx(trainer.model.inputs @ one, abs=0.02)


def test_sixty_four_starts_keep_the_best(gradsheet, template):
    path = template("titanic_two_layer")
    single = gradsheet("train", path, "--quiet", "--save", path.with_name("one.xlsx")).out
    result = gradsheet("train", path, "--restarts", 64, "--quiet")
    assert result.status == 0
    best, median, worst = (
        float(number) for number in re.findall(r"(?:loss|median|worst) ([0-9.]+[0-9])", result.out)[:3]
    )
    assert best < median < worst
    assert best < float(re.search(r"train loss ([0-9.]+[0-9])", single)[1])
    assert f"train loss {best:.6f}" in result.out


@pytest.mark.parametrize("size", [32, 712])
def test_batches_do_not_change_the_shapes(opened, size):
    book = opened("titanic_two_layer")
    book.hold({"batch_size": size})
    model = read_model(book.file)
    assert [layer.weight.shape for layer in model.layers] == [(10, 2), (2, 1)]
    assert model.inputs.shape == (712, 10)
    assert book.sheets.column("Forward 1", "ReLU2").shape == book.sheets.column("Forward 2", "Preds").shape == (712,)


def test_outside_the_points_a_relu_network_goes_straight_on(trainer_of):
    trainer = trainer_of("sine", {})
    trainer.train(200)
    first, second, last = (trainer.model.blocks(trainer.state.params)[i : i + 2] for i in (0, 2, 4))
    out = np.array([[10.0], [20.0], [30.0], [40.0]])
    for (_, weight), (_, bias) in (first, second):
        out = np.maximum(out @ weight + bias, 0)
    values = (out @ last[0][1] + last[1][1])[:, 0]
    assert np.diff(values, 2) == pytest.approx([0, 0], abs=1e-9)


def test_a_weight_changes_what_comes_after_it_and_every_gradient(opened):
    """A weight of the second layer: the hidden layer stays, everything else moves."""
    from workbooks.lessons.backprop.net import A1, A2, BACK, FORWARD, H1, HIDDEN, ROWS, W1, W2, P

    book = opened("backprop")
    book.hold({"activation_1": "sigmoid"})

    def blocks():
        places = {
            "a1": (FORWARD, A1, HIDDEN),
            "h1": (FORWARD, H1, HIDDEN),
            "a2": (FORWARD, A2, 1),
            "p": (FORWARD, P, 1),
        }
        places |= {"dp": (BACK, P, 1), "da2": (BACK, A2, 1), "dh1": (BACK, H1, HIDDEN), "da1": (BACK, A1, HIDDEN)}
        places |= {"dW1": (BACK, W1, HIDDEN), "dW2": (BACK, W2, 1)}
        rows = {"dW1": 3, "dW2": HIDDEN}
        return {
            name: np.array(
                [
                    [book.sheets.cell("Net", band + 3 + i, left + j) for j in range(width)]
                    for i in range(rows.get(name, ROWS))
                ]
            )
            for name, (band, left, width) in places.items()
        }

    before, weights = blocks(), book.file.read("weight_2")
    book.hold({"activation_1": "sigmoid", "weight_2": [[weights[0][0] + 0.5], *weights[1:]]})
    after = blocks()
    same = {name for name in before if np.array_equal(before[name], after[name])}
    assert same == {"a1", "h1"}
