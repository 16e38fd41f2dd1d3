"""Thousands of clicks in one document hold hardly more memory: a lesson is one long session of the office."""

MOST_BLOCKS = 400
"""LibreOffice's Python loses a block of some 60 bytes for each attribute that is looked up; a click needs some 260."""


def test_a_click_leaves_few_blocks_of_memory(calc, template):
    path = template("titanic_two_layer")
    number = calc.open(str(path))
    for _ in range(3):
        calc.click(number, "epoch")
    left = calc.run_inside("blocks_left_by_a_click", [path.as_uri(), "epoch", 10])
    calc.close(number)
    assert left < MOST_BLOCKS
