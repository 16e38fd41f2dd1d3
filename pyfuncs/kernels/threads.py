"""BLAS with one thread: the same sums in the same order every time, and thirty laptops that stay quiet."""

import functools

from threadpoolctl import ThreadpoolController


@functools.cache
def use_one_blas_thread() -> None:
    """Limit the BLAS library that Numba calls (SciPy's) to one thread for the rest of the process."""
    from scipy.linalg import cython_blas  # noqa: F401 - loads the library, which is wanted only where it is used

    for library in ThreadpoolController().select(user_api="blas").lib_controllers:
        if "scipy" in library.filepath:
            library.set_num_threads(1)
