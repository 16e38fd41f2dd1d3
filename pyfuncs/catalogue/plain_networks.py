"""The whole-model formulas in the spreadsheet's own functions: forward and backward pass, and plain gradient descent.

The texts are chains of LET: linear_k and output_k are what layer k gives before and behind its activation, delta_k is
the gradient by linear_k. A layer left out passes on what it gets; its weights and biases are the text "".
"""

from collections.abc import Mapping, Sequence

Pairs = list[tuple[str, str]]

WORD = "INDEX({{activations}},1,{0})"
LEFT_OUT = "TYPE({0})=2"
MEAN_LOSS = "SUM(losses*{rows})/SUM({rows})"

ARGUMENTS_OF_AN_EPOCH = ("now", "depth", "inputs", "target", "loss", "activations", "rows")
LAYER_HELPERS: Mapping[str, str] = {
    "GRADSHEET_LINEAR": (
        f"LAMBDA(below,weight,bias,IF({LEFT_OUT.format('bias')},MMULT(below,weight),IF(AND(ROWS(bias)=1,"
        "COLUMNS(bias)=COLUMNS(weight)),MMULT(below,weight)+bias,#VALUE!)))"
    ),
    "GRADSHEET_WEIGHT_GRAD": (
        f'LAMBDA(weight,below,delta,IF({LEFT_OUT.format("weight")},"",MMULT(TRANSPOSE(below),delta)))'
    ),
    "GRADSHEET_BIAS_GRAD": (
        f'LAMBDA(bias,delta,IF({LEFT_OUT.format("bias")},"",MMULT(SEQUENCE(1,ROWS(delta),1,0),delta)))'
    ),
    "GRADSHEET_BELOW": f"LAMBDA(column,block,IF({LEFT_OUT.format('block')},column,VSTACK(column,TOCOL(block))))",
    "GRADSHEET_FILLED": (
        f'LAMBDA(block,number,IF({LEFT_OUT.format("block")},"",SEQUENCE(ROWS(block),COLUMNS(block),number,0)))'
    ),
    "GRADSHEET_SIZE": f"LAMBDA(block,IF({LEFT_OUT.format('block')},0,ROWS(block)*COLUMNS(block)))",
    "GRADSHEET_BLOCK": (
        f'LAMBDA(column,before,like,IF({LEFT_OUT.format("like")},"",MAKEARRAY(ROWS(like),COLUMNS(like),'
        "LAMBDA(down,across,INDEX(column,before+(down-1)*COLUMNS(like)+across,1)))))"
    ),
}
"""A layer's steps, and parameters below each other in one column and out of it."""


def chain(pairs: Pairs, result: str) -> str:
    """Return a LET."""
    return f"LET({','.join(f'{name},{text}' for name, text in pairs)},{result})"


def depth(layers: int) -> Pairs:
    """Return the number of layers, an error where one between two is left out or has no activation."""
    later = range(2, layers + 1)
    found = "+".join(["1", *(f"({LEFT_OUT.format(f'{{weight_{k}}}')}=FALSE)" for k in later)])
    last = ",".join(f"({LEFT_OUT.format(f'{{{kind}_{k}}}')}=FALSE)*{k}" for k in later for kind in ("weight", "bias"))
    return [
        ("found", found),
        ("depth", f"IF(AND(MAX(1,{last})=found,COLUMNS({{activations}})=found),found,#VALUE!)"),
    ]


def forward(layers: int, parameter: str) -> Pairs:
    """Return the forward pass with parameters of these names."""
    pairs: Pairs = []
    below = "{inputs}"
    for k in range(1, layers + 1):
        weight, bias = (parameter.format(f"{kind}_{k}") for kind in ("weight", "bias"))
        linear = f"GRADSHEET_LINEAR({below},{weight},{bias})"
        output = f"GRADSHEET_ACTIVATED({WORD.format(k)},linear_{k})"
        if k > 1:
            linear, output = f"IF(depth<{k},linear_{k - 1},{linear})", f"IF(depth<{k},{below},{output})"
        below = f"output_{k}"
        pairs += [(f"linear_{k}", linear), (below, output)]
    return [*pairs, ("losses", f"GRADSHEET_LOSSES({{loss}},{below},{{target}})")]


def backward(layers: int, parameter: str) -> Pairs:
    """Return the backward pass of the mean loss over the rows that count.

    Behind a sigmoid, bce's two gradients are one difference, which stays right where the sigmoid rounds to 0 or 1.
    """
    last = f"output_{layers}"
    word = WORD.format("depth")
    grad = f"GRADSHEET_ACTIVATED_GRAD({word},linear_{layers},GRADSHEET_LOSS_GRADS({{loss}},{last},{{target}}))"
    pairs = [
        (
            f"delta_{layers}",
            f'IF(AND({{loss}}="bce",{word}="sigmoid"),({last}-{{target}})/COLUMNS({last}),{grad})'
            "*{rows}/SUM({rows})",
        )
    ]
    for k in reversed(range(1, layers)):
        through = f"MMULT(delta_{k + 1},TRANSPOSE({parameter.format(f'weight_{k + 1}')}))"
        grad = f"GRADSHEET_ACTIVATED_GRAD({WORD.format(k)},linear_{k},{through})"
        pairs.append((f"delta_{k}", f"IF(depth<={k},delta_{layers},{grad})"))
    return pairs


def grads(layers: int) -> dict[str, str]:
    """Return the gradient by each block of parameters, in the order in which a column holds them."""
    found = {}
    for k in range(1, layers + 1):
        below = "{inputs}" if k == 1 else f"output_{k - 1}"
        found[f"weight_{k}"] = f"GRADSHEET_WEIGHT_GRAD({{weight_{k}}},{below},delta_{k})"
        found[f"bias_{k}"] = f"GRADSHEET_BIAS_GRAD({{bias_{k}}},delta_{k})"
    return found


def one_column(blocks: Sequence[str]) -> str:
    """Return blocks row by row in one column; the first one is always there."""
    first, *others = blocks
    text = f"TOCOL({first})"
    for block in others:
        text = f"GRADSHEET_BELOW({text},{block})"
    return text


def forward_plain(layers: int) -> str:
    """Return the text of NN_FORWARD."""
    *pairs, _ = forward(layers, "{{{0}}}")
    return chain([*depth(layers), *pairs], f"output_{layers}*{{rows}}")


def loss_plain(layers: int) -> str:
    """Return the text of NN_LOSS."""
    return chain([*depth(layers), *forward(layers, "{{{0}}}")], MEAN_LOSS)


def grad_plain(layers: int) -> str:
    """Return the text of NN_GRAD."""
    result = '""'
    for name, grad in grads(layers).items():
        result = f'IF({{parameter}}="{name}",{grad},{result})'
    pairs = [*depth(layers), *forward(layers, "{{{0}}}"), *backward(layers, "{{{0}}}")]
    pairs += [("check", "SUM(losses)"), ("result", result)]
    return chain(pairs, f"IF(ISERROR(check),check,IF({LEFT_OUT.format('result')},#VALUE!,result))")


def epoch_lambda(layers: int) -> str:
    """Return the LAMBDA of an epoch: the gradients at the parameters `now` in one column, and the mean loss below."""
    names = [*ARGUMENTS_OF_AN_EPOCH, *grads(layers)]
    before, sizes, now = "0", [], []
    for name in grads(layers):
        now.append((f"{name}_now", f"GRADSHEET_BLOCK(now,{before},{name})"))
        sizes.append((f"after_{name}", f"{before}+GRADSHEET_SIZE({name})"))
        before = f"after_{name}"
    pairs = [*sizes, *now, *forward(layers, "{0}_now"), *backward(layers, "{0}_now")]
    text = chain(pairs, f"VSTACK({one_column(list(grads(layers).values()))},{MEAN_LOSS})")
    return f"LAMBDA({','.join(names)},{text})".replace("{", "").replace("}", "")


def descent(
    layers: int, work: str, limits: str, epochs: str, change: str = "{0}", before: Sequence[tuple[str, str]] = ()
) -> Pairs:
    """Return plain SGD on all rows: `run` is the parameters in one column, then 0, then the loss before each epoch.

    `work` counts multiplications as the kernels do, `{0}` being those of a row's forward pass; `limits` says what is
    not plain SGD on all rows, `change` what lr goes along, given the gradients `{0}`, and `before` what that needs.
    """
    names = list(grads(layers))
    given = ",".join(f"{{{name}}}" for name in (*ARGUMENTS_OF_AN_EPOCH[2:], *names))
    epoch = chain(
        [("now", "TAKE(so_far,size)"), ("found_now", f"GRADSHEET_EPOCH(now,depth,{given})")],
        f"VSTACK(now-{{lr}}*{change.format('TAKE(found_now,size)')},DROP(so_far,size),DROP(found_now,size))",
    )
    multiplications = "+".join(f"GRADSHEET_SIZE({{weight_{k}}})" for k in range(1, layers + 1))
    run = f"IF({epochs}=0,first,REDUCE(first,SEQUENCE({epochs}),LAMBDA(so_far,epoch_number,{epoch})))"
    return [
        *depth(layers),
        ("first", f"VSTACK({one_column([f'{{{name}}}' for name in names])},0)"),
        ("size", "ROWS(first)-1"),
        ("work", work.format(f"({multiplications})")),
        *before,
        ("run", f"IF(ISERROR(depth),depth,IF(work>10^9,#NUM!,IF({limits},#N/A,{run})))"),
    ]


def train_plain(layers: int) -> str:
    """Return the text of NN_TRAIN for plain SGD on all rows."""
    work = "{{epochs}}*(3*SUM({{rows}})*{0}+100)"
    limits = "OR({momentum}<>0,{batch_size}<SUM({rows}))"
    return chain(descent(layers, work, limits, "{epochs}"), "TAKE(run,size)")


def loss_curve_plain(layers: int) -> str:
    """Return the text of NN_LOSS_CURVE for plain SGD on all rows, with weight decay and layers that do not train."""
    limits = (
        "OR(IF(ISOMITTED(batch_size),FALSE,{batch_size}<SUM({rows})),"
        'IF(ISOMITTED(optimizer),{momentum}<>0,{optimizer}<>"sgd"))'
    )
    work = "{{epochs}}*((3*SUM({{rows}})+ROWS({{inputs}}))*{0}+20100)"
    flags = [
        (f"flag_{k}", f"IF(ISOMITTED(trains),1,IF(depth<{k},0,INDEX(TOCOL({{trains}}),{k})))")
        for k in range(1, layers + 1)
    ]
    filled = [f"GRADSHEET_FILLED({{{name}}},flag_{name.rpartition('_')[2]})" for name in grads(layers)]
    before = [*flags, ("flags", one_column(filled))]
    pairs = descent(layers, work, limits, "({epochs}+1)", "flags*({0}+{{weight_decay}}*now)", before)
    enough = "IF(ISOMITTED(trains),TRUE,ROWS({trains})*COLUMNS({trains})=depth)"
    return chain(pairs, f"IF({enough},DROP(run,size+2),#VALUE!)")
