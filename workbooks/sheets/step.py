"""One training step of a network as blocks of cells: what stands on the sheet of a model once it is laid out.

Shapes: n rows of data; a layer takes `in` numbers a row and gives `out`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pyfuncs.cells.errors import GradsheetError
from workbooks.sheets.block import Block
from workbooks.sheets.expression import Expression, Operand


@dataclass(frozen=True)
class LayerSpec:
    """A layer that a workbook asks for: the names over its columns, the cells that switch it, its first values."""

    units: Sequence[str]
    """The names of its weights' columns; the labels of the next layer's rows are `outputs`."""
    outputs: Sequence[str]
    activation: Block
    trains: Block
    first_weight: Expression
    trains_bias: Block | None = None
    """The layer has biases where this is given."""
    first_bias: Expression | None = None
    """The first biases, 0 where this is not given."""
    linear: Sequence[str] = ()
    """The names of its pre-activations, `units` where there are none."""
    is_linear: bool = False
    """Whether its activation is identity for good, so that it has no columns of its own."""

    def __post_init__(self) -> None:
        """Check that every unit has its names.

        Raises:
            GradsheetError: naming the units that do not fit the outputs.
        """
        for names in (self.outputs, self.pre_activations):
            if len(names) != len(self.units):
                raise GradsheetError(
                    f"A layer's units are {', '.join(self.units)}, but what they give is called "
                    f"{', '.join(names) or 'nothing'}: give it a name a unit."
                )

    @property
    def pre_activations(self) -> Sequence[str]:
        """Return the names of its pre-activations."""
        return self.linear or self.units

    @property
    def activations(self) -> Sequence[str]:
        """Return the names of its activations, none where they have no columns of their own."""
        return () if self.is_linear else self.outputs


@dataclass(frozen=True)
class Transposed:
    """A layer's parameters on a sheet that holds them turned: a row a unit, its bias beside it."""

    weight: Block
    """out×in, named weight_k_transposed."""
    bias: Block | None
    """out×1, named bias_k_transposed."""


@dataclass(frozen=True)
class DataRows:
    """The rows of data, each block under its name of the contract.

    `inputs` is n×in, `target` n×out; `split` (train or valid) and `in_batch` (1 or 0) are n×1.
    """

    inputs: Block
    target: Block
    split: Block
    in_batch: Block

    def __post_init__(self) -> None:
        """Check the names that training looks for.

        Raises:
            GradsheetError: naming the block that has another one.
        """
        for name in ("inputs", "target", "split", "in_batch"):
            block: Block = getattr(self, name)
            if block.name != name:
                raise GradsheetError(
                    f"{block.address('')} has no name {name}, by which training finds it: put it under that name."
                )


@dataclass(frozen=True)
class Parameter:
    """The weights (in×out) or biases (1×out) of a layer, with what they begin with and the optimizer's memory."""

    name: str
    values: Block
    first: Block
    memory: Block
    trains: Block


@dataclass(frozen=True)
class WeightsAndBiases:
    """The weights (in×out) and biases (1×out) of a layer, or the gradient by them."""

    weight: Block
    bias: Block


@dataclass(frozen=True)
class LayerCells:
    """A layer's parameters; a layer may have no biases."""

    weight: Parameter
    bias: Parameter | None

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Return the weights, then the biases where there are any."""
        return (self.weight,) if self.bias is None else (self.weight, self.bias)


@dataclass(frozen=True)
class LayerPass:
    """A layer in the forward pass: what it takes (n×in), its pre-activations and its activations (n×out)."""

    source: Block
    linear: Block
    output: Block


@dataclass(frozen=True)
class Forward:
    """The forward pass of all rows, up to each row's loss (n×1)."""

    rows: DataRows
    loss: Block
    """The cell that says which loss."""
    activations: Block
    """The words of all layers' activations, as the formulas of whole models take them."""
    layers: tuple[LayerCells, ...]
    passes: tuple[LayerPass, ...]
    losses: Block

    @property
    def prediction(self) -> Block:
        """Return what the last layer gives, n×out."""
        return self.passes[-1].output

    @property
    def parameters(self) -> list[Block | None]:
        """Return weights and biases as the formulas of whole models take them."""
        return parameter_blocks(self.layers)

    def whole_model(self, mask: Operand) -> list[Operand]:
        """Return the arguments of a formula of the whole model, for the rows where `mask` (n×1) is 1."""
        return [self.rows.inputs, self.rows.target, self.loss, self.activations, mask, *self.parameters]


@dataclass(frozen=True)
class LayerBlocks:
    """A block for a layer's weights (in×out) and one for its biases (1×out), where it has any."""

    weight: Block
    bias: Block | None


@dataclass(frozen=True)
class Gradients:
    """The gradient of the batch's mean loss: by each layer's pre-activations (n×out), and by its parameters."""

    linear: tuple[Block, ...]
    parameters: tuple[LayerBlocks, ...]


@dataclass(frozen=True)
class Step:
    """A whole training step: the forward pass, the gradients, and what it makes of the parameters."""

    forward: Forward
    gradients: Gradients
    batch_loss: Block
    new: tuple[LayerBlocks, ...]


def parameter_blocks(layers: Sequence[LayerCells]) -> list[Block | None]:
    """Return weights and biases in turn, None for biases that a layer does not have."""
    return [
        block for layer in layers for block in (layer.weight.values, None if layer.bias is None else layer.bias.values)
    ]
