"""Gives Wine's C library the functions of complex numbers, which it lacks and NumPy calls, some when it is imported.

Python imports a module of this name when it starts. Under Wine alone it changes the process's memory, no file.
"""

import cmath
import ctypes

READ_WRITE_EXECUTE = 0x40

# Machine code as the calling convention of 64-bit Windows wants it: two floats come together in the register rcx, two
# doubles where rcx points, and the answer goes into xmm0.
FUNCTIONS = {
    "crealf": "66 0F 6E C1  C3",  # movd xmm0, ecx; ret
    "cimagf": "48 C1 E9 20  66 0F 6E C1  C3",  # shr rcx, 32; movd xmm0, ecx; ret
    "creal": "F2 0F 10 01  C3",  # movsd xmm0, [rcx]; ret
    "cimag": "F2 0F 10 41 08  C3",  # movsd xmm0, [rcx + 8]; ret
}


JUMP = "48 B8 {:s}  FF E0"  # mov rax, address; jmp rax
COMPUTED = ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan")
kept = []
"""What the C library calls must not be collected."""


class Complex(ctypes.Structure):
    """A complex number of C's: one comes by address, and a result goes where the first argument points."""

    _fields_ = (("real", ctypes.c_double), ("imag", ctypes.c_double))


def at(callback) -> str:
    """Return machine code that goes on with a function of Python's."""
    kept.append(callback)
    return JUMP.format(ctypes.cast(callback, ctypes.c_void_p).value.to_bytes(8, "little").hex())


def measured(function) -> str:
    """Return machine code that gives a number, made by a function of Python's from one complex number."""

    def compute(argument):
        number = Complex.from_address(argument)
        return function(complex(number.real, number.imag))

    return at(ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_void_p)(compute))


def computed(function) -> str:
    """Return machine code that gives a complex number, made by a function of Python's from another."""

    def compute(result, argument):
        number = Complex.from_address(argument)
        try:
            answer = function(complex(number.real, number.imag))
        except (ValueError, OverflowError):
            answer = complex(float("nan"), float("nan"))
        place = Complex.from_address(result)
        place.real, place.imag = answer.real, answer.imag
        return result

    return at(ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(compute))


def complete_c_library() -> None:
    """Put the functions in place of Wine's stubs, which end the process."""
    kernel = ctypes.WinDLL("kernel32")
    kernel.GetModuleHandleW.restype = kernel.GetProcAddress.restype = ctypes.c_void_p
    kernel.GetModuleHandleW.argtypes = [ctypes.c_wchar_p]
    kernel.GetProcAddress.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    kernel.VirtualProtect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_ulong, ctypes.c_void_p]
    if not kernel.GetProcAddress(kernel.GetModuleHandleW("ntdll.dll"), b"wine_get_version"):
        return
    library = kernel.GetModuleHandleW("ucrtbase.dll")
    functions = FUNCTIONS | {f"c{name}": computed(getattr(cmath, name)) for name in COMPUTED}
    functions |= {"carg": measured(cmath.phase), "cabs": measured(abs)}
    for name, text in functions.items():
        code, before = bytes.fromhex(text), ctypes.c_ulong()
        address = kernel.GetProcAddress(library, name.encode())
        if address and kernel.VirtualProtect(address, len(code), READ_WRITE_EXECUTE, ctypes.byref(before)):
            ctypes.memmove(address, code, len(code))
            kernel.VirtualProtect(address, len(code), before.value, ctypes.byref(before))


complete_c_library()
