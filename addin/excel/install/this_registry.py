"""The registry of this machine, through the standard library."""

import sys
from collections.abc import Mapping, Sequence

from addin.excel.install.windows import CLASSES, MACHINE, USER, Value

assert sys.platform == "win32"  # the checker of types, too, reads on only there
import winreg  # noqa: E402

ROOTS = {USER: winreg.HKEY_CURRENT_USER, MACHINE: winreg.HKEY_LOCAL_MACHINE, CLASSES: winreg.HKEY_CLASSES_ROOT}
# A 32-bit Office keeps its keys for the machine in the other half of the registry.
VIEWS = (winreg.KEY_WOW64_64KEY, winreg.KEY_WOW64_32KEY)


class ThisRegistry:
    """The registry of this machine; only the user's part is written."""

    def exists(self, key: str) -> bool:
        """Tell whether a key is there."""
        handles = self._opened(key)
        for handle in handles:
            handle.Close()
        return bool(handles)

    def values(self, key: str) -> Mapping[str, Value]:
        """Return the values of a key, of both halves where there are two."""
        found: dict[str, Value] = {}
        for handle in self._opened(key):
            with handle:
                for i in range(winreg.QueryInfoKey(handle)[1]):
                    name, value, _ = winreg.EnumValue(handle, i)
                    found.setdefault(name, value)
        return found

    def subkeys(self, key: str) -> Sequence[str]:
        """Return the names below a key."""
        found: dict[str, None] = {}
        for handle in self._opened(key):
            with handle:
                found |= dict.fromkeys(winreg.EnumKey(handle, i) for i in range(winreg.QueryInfoKey(handle)[0]))
        return list(found)

    def write(self, key: str, name: str, value: str) -> None:
        """Put a text into a value."""
        root, path = self._parts(key)
        with winreg.CreateKeyEx(root, path, 0, winreg.KEY_SET_VALUE) as handle:
            winreg.SetValueEx(handle, name, 0, winreg.REG_SZ, value)

    def delete(self, key: str, name: str) -> None:
        """Remove a value."""
        root, path = self._parts(key)
        with winreg.OpenKey(root, path, 0, winreg.KEY_SET_VALUE) as handle:
            winreg.DeleteValue(handle, name)

    def delete_key(self, key: str) -> None:
        """Remove an empty key."""
        winreg.DeleteKey(*self._parts(key))

    def _parts(self, key: str) -> tuple[int, str]:
        root, _, path = key.partition("\\")
        return ROOTS[root], path

    def _opened(self, key: str) -> list[winreg.HKEYType]:
        root, path = self._parts(key)
        views = VIEWS if root == winreg.HKEY_LOCAL_MACHINE else (0,)
        found = []
        for view in views:
            try:
                found.append(winreg.OpenKey(root, path, 0, winreg.KEY_READ | view))
            except OSError:
                continue
        return found
