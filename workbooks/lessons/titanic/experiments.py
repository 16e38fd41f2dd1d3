"""What to try on the sheet What if of the passengers, and what to notice there."""

TRY_RATES = {
    1: "Press Keep. Then type 0.2 as lr: the curve ends lower. With 0.3 it flies off.",
    2: "Press Keep. Then type 0.2 as lr: the curve ends lower. With 0.3 it ends higher than with 0.1; with 2 no unit "
    "says anything any more, and the loss stays at 0.4045.",
}
TRY_MOMENTUM = "lr 0.1 again, momentum 0.9: after 50 epochs the loss is lower than without after 100."
TRY_BATCHES = (
    "momentum 0, batch_size 32: 23 steps an epoch, so one epoch gets farther than five before. Then the curve "
    "trembles: each step serves 32 passengers, not all. A smaller lr calms it."
)
TRY_SEEDS = {
    1: "Other seeds begin elsewhere and come to the same loss: this landscape has one bottom.",
    2: "Other seeds begin elsewhere and end in other valleys: with ReLU the landscape has many.",
}


def hints(layers: int) -> tuple[str, ...]:
    """Return what to try with the model of one layer or of two."""
    return (TRY_RATES[layers], TRY_MOMENTUM, TRY_BATCHES, TRY_SEEDS[layers])
