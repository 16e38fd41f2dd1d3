"""SciPy's BLAS for Numba's matrix products: loaded without the rest of SciPy, and with one thread.

One thread gives the same sums in the same order every time, and thirty laptops that stay quiet.
"""

import functools
import sys
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

PACKAGE = "scipy.linalg"
BINDINGS = "scipy.linalg.cython_blas"


def load_blas() -> None:
    """Import SciPy's bindings to BLAS, which Numba asks for by their name, but not the package that they lie in.

    The package took a fifth of the time to a new process's first formula, and nothing here calls it. A module stands
    in for it while the bindings load; whoever imports the package afterwards gets the real one.
    """
    if PACKAGE in sys.modules or BINDINGS in sys.modules:
        return
    import scipy

    spec = ModuleSpec(PACKAGE, None, is_package=True)
    spec.submodule_search_locations = [str(Path(scipy.__file__).with_name("linalg"))]
    sys.modules[PACKAGE] = module_from_spec(spec)
    try:
        __import__(BINDINGS)
    except ImportError:
        pass  # These bindings want the package; Numba imports both.
    finally:
        del sys.modules[PACKAGE]


@functools.cache
def use_one_blas_thread() -> None:
    """Limit the BLAS library that Numba calls (SciPy's) to one thread for the rest of the process."""
    from threadpoolctl import ThreadpoolController  # wanted by training alone

    load_blas()
    for library in ThreadpoolController().select(user_api="blas").lib_controllers:
        if "scipy" in library.filepath:
            library.set_num_threads(1)
