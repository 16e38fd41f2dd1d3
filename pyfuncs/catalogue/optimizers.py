"""The optimizers' formulas: one step, as a pure function of the parameters and their gradient."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from pyfuncs.catalogue.arguments import Numbers
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.catalogue.scalars import Number
from pyfuncs.cells.block import shape_text
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.kernels import optimizers
from pyfuncs.kernels.arrays import Matrix

TITLE = "Optimizer steps"

PARAMS = Numbers(name="params", shape=("r", "c"), help="The weights or biases before the step.")
GRADS = Numbers(name="grads", shape=("r", "c"), help="Their gradient, of the same shape.")
LR = Number(name="lr", minimum=0, help="The learning rate: how far a step goes along the gradient.")
WEIGHT_DECAY = Number(
    name="weight_decay",
    optional=True,
    default=0.0,
    minimum=0,
    help="Pulls every parameter towards 0: this much of it is added to its gradient.",
)
WEIGHT_DECAY_OF_ADAMW = Number(
    name="weight_decay",
    optional=True,
    default=0.01,
    minimum=0,
    help="Pulls every parameter towards 0: lr times this much of it is taken off it.",
)
LOSS = Number(name="loss", minimum=0, help="The loss that the gradient belongs to, before the step.")


def own_setting(name: str, what: str) -> Number:
    """Return the argument for a setting that only some optimizers take."""
    setting = optimizers.OPTIMIZER_SETTINGS[name]
    below = np.inf if setting.largest_share is None else 1
    return Number(name=name, optional=True, default=setting.default, minimum=0, below=below, help=what)


MOMENTUM = own_setting("momentum", "How much of the last step's velocity goes into this one.")
EPS = own_setting("eps", "A small number that keeps a division by 0 away.")
BETAS = (
    own_setting("beta_1", "How much of the mean gradient so far is kept."),
    own_setting("beta_2", "How much of the mean squared gradient so far is kept."),
)
NEGATIVE = ((ErrorCode.NUM, "lr, or another setting, lies outside its range."),)


def stacked(state: str) -> Numbers:
    """Return the argument that holds the parameters over the optimizer's state."""
    return Numbers(
        name="stacked", shape=("s", "c"), help=f"One block: the parameters, and under them {state}, 0 at first."
    )


def stacked_step(optimizer: str, stacked: Matrix, grads: Matrix, *settings: float) -> Matrix:
    """Return one step of an optimizer on a stacked block: [the loss,] lr, the optimizer's settings, weight_decay.

    Raises:
        CellError: #VALUE! with both shapes, where the block is not the parameters over the optimizer's memory of them.
    """
    rule = optimizers.OPTIMIZERS[optimizer]
    rows = grads.shape[0] * (1 + rule.slots) + rule.shared
    if stacked.shape[0] != rows:
        raise CellError(
            ErrorCode.VALUE,
            f"stacked is {shape_text(stacked)}, but grads is {shape_text(grads)}: stacked must have {rows} rows.",
        )
    loss, *rest = settings if rule.needs_loss else (0.0, *settings)
    names = ("lr", *rule.settings, "weight_decay")
    hyper = optimizers.hyperparameters(**dict(zip(names, rest, strict=True)))
    return optimizers.stacked_step(rule.code, hyper, rule.slots, rule.shared, stacked, grads, loss)


def sgd_step(params: Matrix, grads: Matrix, lr: float, weight_decay: float) -> Matrix:
    """Return the parameters after the step."""
    return stacked_step("sgd", params, grads, lr, weight_decay)


@dataclass(frozen=True)
class PlainStep:
    """A step in the spreadsheet's own functions, number by number.

    `{grad}` is the gradient with weight decay, `{slot_1}` and `{shared_1}` the memory before the step, `{new_slot_1}`
    and `{new_shared_1}` the same after it; the others are the formula's arguments.
    """

    params: str
    slots: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    grad: str = "({grads}+{weight_decay}*{params})"

    @property
    def whole(self) -> str:
        """Return the new parameters from what the formula takes, as one text."""
        text = self.params
        memory = [(f"{{new_slot_{k}}}", slot) for k, slot in enumerate(self.slots, 1)]
        memory += [(f"{{new_shared_{k}}}", shared) for k, shared in enumerate(self.shared, 1)]
        while any(after in text for after, _ in memory):
            for after, formula in memory:
                text = text.replace(f"({after})", f"({formula})").replace(after, f"({formula})")
        return text.replace("{grad}", self.grad)


MOMENTS = (
    "{beta_1}*{slot_1}+(1-{beta_1})*{grad}",
    "{beta_2}*{slot_2}+(1-{beta_2})*{grad}^2",
)
MEAN = "({new_slot_1}/(1-{beta_1}^{new_shared_1}))"
ROOT = "SQRT({new_slot_2}/(1-{beta_2}^{new_shared_1}))"
STEPS_TAKEN = "{shared_1}+1"
FEEDBACK = (
    "IF({new_shared_1}=1,1,{beta_3}*{shared_2}+(1-{beta_3})*"
    "IF(MIN({new_shared_3},{shared_3})>0,ABS({new_shared_3}-{shared_3})/MIN({new_shared_3},{shared_3}),0))"
)
KEPT_LOSS = (
    "IF({new_shared_1}=1,{loss},MIN(MAX(IF({loss}>={shared_3},1.1,1/11),IF({shared_3}>0,{loss}/{shared_3},11)),"
    "IF({loss}>={shared_3},11,1/1.1))*{shared_3})"
)
PLAIN_STEPS = {
    "sgd": PlainStep("{params}-{lr}*{grad}"),
    "momentum": PlainStep("{params}-{lr}*{new_slot_1}", ("{momentum}*{slot_1}+{grad}",)),
    "nesterov": PlainStep("{params}-{lr}*({grad}+{momentum}*{new_slot_1})", ("{momentum}*{slot_1}+{grad}",)),
    "adagrad": PlainStep("{params}-{lr}*{grad}/(SQRT({new_slot_1})+{eps})", ("{slot_1}+{grad}^2",)),
    "rmsprop": PlainStep("{params}-{lr}*{grad}/(SQRT({new_slot_1})+{eps})", ("{alpha}*{slot_1}+(1-{alpha})*{grad}^2",)),
    "adam": PlainStep(f"{{params}}-{{lr}}*{MEAN}/({ROOT}+{{eps}})", MOMENTS, (STEPS_TAKEN,)),
    "adamw": PlainStep(
        f"{{params}}*(1-{{lr}}*{{weight_decay}})-{{lr}}*{MEAN}/({ROOT}+{{eps}})", MOMENTS, (STEPS_TAKEN,), "{grads}"
    ),
    "eve": PlainStep(
        f"{{params}}-{{lr}}*{MEAN}/({{new_shared_2}}*{ROOT}+{{eps}})", MOMENTS, (STEPS_TAKEN, FEEDBACK, KEPT_LOSS)
    ),
}


def stacked_plain(optimizer: str) -> str:
    """Return a step on the block `stacked` as one text: the new parameters over the new memory."""
    step = PLAIN_STEPS[optimizer]
    slots, shared = len(step.slots), len(step.shared)
    bound = {"height": "ROWS({grads})", "params": "TAKE({stacked},height)", "grad": step.grad}
    bound |= {f"slot_{k}": f"TAKE(DROP({{stacked}},{k}*height),height)" for k in range(1, slots + 1)}
    bound |= {f"shared_{k}": f"INDEX({{stacked}},height*{1 + slots}+{k},1)" for k in range(1, shared + 1)}
    # Of what all parameters share a later line may be needed by an earlier one, never the other way about.
    news = {f"new_shared_{k}": text for k, text in enumerate(step.shared, 1)}
    for name in sorted(news, key=lambda name: sum(other in news[name] for other in news)):
        bound[name] = news[name]
    bound |= {f"new_slot_{k}": text for k, text in enumerate(step.slots, 1)} | {"new_params": step.params}
    for name in bound:
        bound = {other: text.replace(f"{{{name}}}", name) for other, text in bound.items()}
    after = ["new_params", *(f"new_slot_{k}" for k in range(1, slots + 1))]
    after += [f"SEQUENCE(1,COLUMNS({{grads}}),{name},0)" for name in sorted(news)]
    pairs = ",".join(f"{name},{text}" for name, text in bound.items())
    size = f"ROWS({{grads}})*{1 + slots}+{shared}"
    return f"IF(ROWS({{stacked}})<>{size},#VALUE!,LET({pairs},VSTACK({','.join(after)})))"


FORMULAS = (
    Formula(
        name="NN_SGD_STEP",
        summary="One step of gradient descent: new weights = weights - learning rate × gradient.",
        arguments=(PARAMS, GRADS, LR, WEIGHT_DECAY),
        returns="r×c",
        run=sgd_step,
        source="PyTorch: torch.optim.SGD",
        errors=NEGATIVE,
        plain=PLAIN_STEPS["sgd"].whole,
        examples=(
            Example([[[1], [2]], [[10], [-10]], 0.1], [[0], [3]]),
            Example([[[1, 2]], [[0, 0]], 0.5, 0.1], [[0.95, 1.9]]),
            Example([1, 1, -0.1], ErrorCode.NUM),
        ),
    ),
    Formula(
        name="NN_MOMENTUM_STEP",
        summary="One step that rolls on: velocity = momentum × velocity + gradient; weights - lr × velocity.",
        arguments=(
            stacked("their velocity"),
            GRADS,
            LR,
            MOMENTUM,
            WEIGHT_DECAY,
        ),
        returns="the new parameters over the new velocity, s×c",
        run=partial(stacked_step, "momentum"),
        source="PyTorch: torch.optim.SGD with momentum; Sutskever et al., The importance of momentum (ICML 2013)",
        errors=NEGATIVE,
        plain=PLAIN_STEPS["momentum"].whole,
        array_plain=stacked_plain("momentum"),
        examples=(
            Example([[[1], [4]], 2, 0.5, 0.5], [[-1], [4]]),
            Example([[[1, 1], [0, 0]], [[1, 2]], 0.5], [[0.5, 0], [1, 2]]),
            Example([[[1], [4], [0]], 2, 0.5], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_NESTEROV_STEP",
        summary="Momentum that looks ahead: the step goes along gradient + momentum × new velocity.",
        arguments=(stacked("their velocity"), GRADS, LR, MOMENTUM, WEIGHT_DECAY),
        returns="the new parameters over the new velocity, s×c",
        run=partial(stacked_step, "nesterov"),
        source="PyTorch: torch.optim.SGD with nesterov; Sutskever et al., The importance of momentum (ICML 2013)",
        errors=NEGATIVE,
        plain=PLAIN_STEPS["nesterov"].whole,
        array_plain=stacked_plain("nesterov"),
        examples=(
            Example([[[1], [4]], 2, 0.5, 0.5], [[-1], [4]]),
            Example([[[1], [0]], 2, 0.5, 0.5], [[-0.5], [2]]),
            Example([[[1], [0]], 2, -0.5], ErrorCode.NUM),
        ),
    ),
    Formula(
        name="NN_ADAGRAD_STEP",
        summary="Steps that shrink where gradients were large: lr × gradient / root of the sum of its squares so far.",
        arguments=(stacked("the sum of their squared gradients"), GRADS, LR, EPS, WEIGHT_DECAY),
        returns="the new parameters over the new sums, s×c",
        run=partial(stacked_step, "adagrad"),
        source="Duchi, Hazan and Singer, Adaptive subgradient methods (JMLR, 2011); PyTorch: torch.optim.Adagrad",
        errors=NEGATIVE,
        plain=PLAIN_STEPS["adagrad"].whole,
        array_plain=stacked_plain("adagrad"),
        examples=(
            Example([[[1], [0]], 2, 0.5, 0], [[0.5], [4]]),
            Example([[[1], [9]], 4, 0.5, 0], [[0.6], [25]]),
            Example([[[1]], 2, 0.5], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_RMSPROP_STEP",
        summary="AdaGrad that forgets: the squares are averaged over the last steps instead of summed up.",
        arguments=(
            stacked("the mean of their squared gradients"),
            GRADS,
            LR,
            own_setting("alpha", "How much of the mean square so far is kept."),
            EPS,
            WEIGHT_DECAY,
        ),
        returns="the new parameters over the new means, s×c",
        run=partial(stacked_step, "rmsprop"),
        source="Tieleman and Hinton, Lecture 6.5 of Neural Networks for Machine Learning (2012); torch.optim.RMSprop",
        errors=NEGATIVE,
        plain=PLAIN_STEPS["rmsprop"].whole,
        array_plain=stacked_plain("rmsprop"),
        examples=(
            Example([[[1], [0]], 2, 0.5, 0.75, 0], [[0], [1]]),
            Example([[[1], [4]], 2, 0.5, 0.5, 0], [[0.5], [4]]),
            Example([[[1], [0]], 2, 0.5, 1], ErrorCode.NUM),
        ),
    ),
    Formula(
        name="NN_ADAM_STEP",
        summary="Momentum and RMSProp together, both corrected for having begun at 0. eps stands outside the root.",
        arguments=(
            stacked("the mean gradient, the mean square, and one row with the steps taken"),
            GRADS,
            LR,
            *BETAS,
            EPS,
            WEIGHT_DECAY,
        ),
        returns="the new block, s×c: parameters, mean gradient, mean square, steps",
        run=partial(stacked_step, "adam"),
        source="Kingma and Ba, Adam: a method for stochastic optimization (ICLR 2015); PyTorch: torch.optim.Adam",
        errors=NEGATIVE,
        plain=PLAIN_STEPS["adam"].whole,
        array_plain=stacked_plain("adam"),
        examples=(
            Example([[[1], [0], [0], [0]], 2, 0.5, 0.5, 0.75, 0], [[0.5], [1], [1], [1]]),
            Example([[[1, 1], [0, 0], [0, 0], [0, 0]], [[3, -3]], 0.5, 0, 0, 0], [[0.5, 1.5], [3, -3], [9, 9], [1, 1]]),
            Example([[[1], [0], [0]], 2, 0.5], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_ADAMW_STEP",
        summary="Adam whose weight decay takes lr × weight_decay × weight off each weight, not into its gradient.",
        arguments=(
            stacked("the mean gradient, the mean square, and one row with the steps taken"),
            GRADS,
            LR,
            *BETAS,
            EPS,
            WEIGHT_DECAY_OF_ADAMW,
        ),
        returns="the new block, s×c: parameters, mean gradient, mean square, steps",
        run=partial(stacked_step, "adamw"),
        source="Loshchilov and Hutter, Decoupled weight decay regularization (ICLR 2019); PyTorch: torch.optim.AdamW",
        errors=NEGATIVE,
        plain=PLAIN_STEPS["adamw"].whole,
        array_plain=stacked_plain("adamw"),
        examples=(
            Example([[[1], [0], [0], [0]], 2, 0.5, 0.5, 0.75, 0, 0], [[0.5], [1], [1], [1]]),
            Example([[[1], [0], [0], [0]], 2, 0.5, 0.5, 0.75, 0, 0.5], [[0.25], [1], [1], [1]]),
            Example([[[1], [0]], 2, 0.5], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_EVE_STEP",
        summary="Adam that slows down when the loss jumps: d follows how much the loss changes and divides the step.",
        arguments=(
            stacked("the mean gradient, the mean square, and a row each for the steps taken, d and the last loss"),
            GRADS,
            LOSS,
            LR,
            *BETAS,
            own_setting("beta_3", "How much of d so far is kept."),
            EPS,
            WEIGHT_DECAY,
        ),
        returns="the new block, s×c: parameters, mean gradient, mean square, steps, d, remembered loss",
        run=partial(stacked_step, "eve"),
        source="Koushik and Hayashi, Improving stochastic gradient descent with feedback (arXiv:1611.01505v1, 2016)",
        errors=NEGATIVE,
        plain=PLAIN_STEPS["eve"].whole,
        array_plain=stacked_plain("eve"),
        examples=(
            Example([[[1], [0], [0], [0], [0], [0]], 2, 5, 0.5, 0.5, 0.75, 0.5, 0], [[0.5], [1], [1], [1], [1], [5]]),
            Example([[[1], [0], [0], [1], [1], [5]], 0, 10, 0.5, 0, 0, 0.5, 1], [[1], [0], [0], [2], [1], [10]]),
            Example([[[1], [0], [0]], 2, 5, 0.5], ErrorCode.VALUE),
        ),
    ),
)
