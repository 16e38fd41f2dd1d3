"""Matrix products find SciPy's BLAS without the rest of SciPy, and with one thread once training has begun."""

PRODUCTS = """
import sys
import numpy as np
from pyfuncs.kernels.linear import matmul
a = np.random.default_rng(0).normal(size=(60, 60))
np.testing.assert_allclose(matmul(a, a), a @ a, rtol=1e-12)
"""


def test_a_product_does_without_scipys_package_of_linear_algebra(python):
    python(PRODUCTS + 'assert "scipy.linalg" not in sys.modules')


def test_the_package_is_the_real_one_for_whoever_imports_it_afterwards(python):
    python(
        PRODUCTS
        + "import scipy.linalg; from scipy.linalg import cython_blas\n"
        + "np.testing.assert_allclose(scipy.linalg.inv(a) @ a, np.eye(60), atol=1e-9)"
    )


def test_it_may_be_there_before(python):
    python("import scipy.linalg as before\n" + PRODUCTS + 'assert sys.modules["scipy.linalg"] is before')


def test_one_thread_is_enough_for_all(python):
    printed = python(
        "from pyfuncs.kernels.blas import use_one_blas_thread; from threadpoolctl import threadpool_info\n"
        "use_one_blas_thread()\n"
        'print([library["num_threads"] for library in threadpool_info() if "scipy" in library["filepath"]])'
    )
    assert printed.strip() == "[1]"
