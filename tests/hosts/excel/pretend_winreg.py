"""The standard library's winreg over a dictionary, as far as it is used: handles, halves, errors."""

HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, HKEY_CLASSES_ROOT = 0x80000001, 0x80000002, 0x80000000
KEY_READ, KEY_SET_VALUE, KEY_WOW64_64KEY, KEY_WOW64_32KEY = 0x20019, 0x0002, 0x0100, 0x0200
REG_SZ = 1


class HKEYType:
    open_handles = 0

    def __init__(self, key, access):
        self.key = key
        self.access = access
        HKEYType.open_handles += 1

    def Close(self):  # noqa: N802 - winreg's name
        HKEYType.open_handles -= 1

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.Close()


class Keys(dict):
    """Keys by root, half and path in small letters; each holds its name and its values."""

    def make(self, root, path, half=0):
        parts = path.split("\\")
        for n in range(1, len(parts) + 1):
            way = "\\".join(parts[:n])
            self.setdefault((root, half, way.lower()), (parts[n - 1], {}))
        return self[root, half, path.lower()]


keys = Keys()


def half_of(root, access):
    return KEY_WOW64_32KEY if root == HKEY_LOCAL_MACHINE and access & KEY_WOW64_32KEY else 0


def OpenKey(root, path, reserved=0, access=KEY_READ):  # noqa: N802
    key = (root, half_of(root, access), path.lower())
    if key not in keys:
        raise FileNotFoundError(2, "The system cannot find the file specified")
    return HKEYType(key, access)


def CreateKeyEx(root, path, reserved=0, access=KEY_SET_VALUE):  # noqa: N802
    if root != HKEY_CURRENT_USER:
        raise PermissionError(5, "Access is denied")
    keys.make(root, path)
    return HKEYType((root, 0, path.lower()), access)


def children(key):
    root, half, path = key
    return [
        name
        for (other, side, way), (name, _) in keys.items()
        if (other, side) == (root, half) and way.rpartition("\\")[0] == path
    ]


def QueryInfoKey(handle):  # noqa: N802
    assert handle.access & KEY_READ == KEY_READ
    return len(children(handle.key)), len(keys[handle.key][1]), 0


def EnumValue(handle, index):  # noqa: N802
    name, value = list(keys[handle.key][1].items())[index]
    return name, value, REG_SZ


def EnumKey(handle, index):  # noqa: N802
    return children(handle.key)[index]


def SetValueEx(handle, name, reserved, kind, value):  # noqa: N802
    assert handle.access & KEY_SET_VALUE
    assert kind == REG_SZ
    values = keys[handle.key][1]
    values[next((known for known in values if known.lower() == name.lower()), name)] = value


def DeleteValue(handle, name):  # noqa: N802
    assert handle.access & KEY_SET_VALUE
    del keys[handle.key][1][name]


def DeleteKey(root, path):  # noqa: N802
    key = (root, 0, path.lower())
    if children(key):
        raise PermissionError(5, "Access is denied")
    del keys[key]
