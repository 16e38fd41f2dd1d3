"""Gives Wine's C library the functions that take complex numbers apart, which it lacks and NumPy calls when imported.

Python imports a module of this name when it starts. Under Wine alone it changes the process's memory, no file.
"""

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
    for name, text in FUNCTIONS.items():
        code, before = bytes.fromhex(text), ctypes.c_ulong()
        address = kernel.GetProcAddress(library, name.encode())
        if address and kernel.VirtualProtect(address, len(code), READ_WRITE_EXECUTE, ctypes.byref(before)):
            ctypes.memmove(address, code, len(code))
            kernel.VirtualProtect(address, len(code), before.value, ctypes.byref(before))


complete_c_library()
