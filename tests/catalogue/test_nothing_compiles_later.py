"""After `gradsheet warm`, which `make run` calls, neither a formula nor a training waits for Numba, which compiles."""

import subprocess
import sys

import pytest

from pyfuncs.kernels.optimizers import OPTIMIZERS

LISTEN = """
import sys
from addin.cli.command import main
from pyfuncs.catalogue.warm import call_examples

call_examples()
workbook, *settings = sys.argv[1:]
for setting in settings:
    assert main(["train", workbook, "--quiet", "--reset", "--epochs", "1", "--set", setting]) == 0
assert main(["evaluate", workbook]) == 0
print("Numba is imported:", "numba" in sys.modules)
"""


@pytest.mark.slow
def test_no_process_after_warm_imports_numba(template):
    subprocess.run([sys.executable, "-P", "-m", "addin.cli", "warm"], check=True, capture_output=True)
    settings = ["batch_size=32", *(f"optimizer={name}" for name in OPTIMIZERS), "loss=l1", "activation_1=tanh"]
    ended = subprocess.run(
        [sys.executable, "-c", LISTEN, template("titanic_two_layer"), *settings],
        check=True,
        capture_output=True,
        text=True,
    )
    assert ended.stdout.splitlines()[-1] == "Numba is imported: False"
