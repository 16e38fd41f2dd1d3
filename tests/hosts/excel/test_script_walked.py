"""The ways that install.ps1 goes on machines of all kinds, walked by a small interpreter of its own language."""

import ntpath
from pathlib import Path
from types import SimpleNamespace

import pytest

from .powershell_values import Terminating
from .pretend_powershell import Script

SOURCE = (Path(__file__).parents[3] / "install.ps1").read_bytes()
FOLDER = r"C:\Users\Zoë Müller\Downloads\gradsheet"
LOCAL = r"C:\Users\Zoë Müller\AppData\Local"
HOME = LOCAL + r"\gradsheet"
VENV = HOME + r"\venv"
PYTHON = VENV + r"\Scripts\python.exe"
TEST_PYTHON = HOME + r"\venv-test\Scripts\python.exe"
ORDINARY = r"C:\Python313"


class Machine:
    """Programs by their path with what a Python says of itself, files, what was run, and what was asked."""

    def __init__(self, pythons=(), launcher=(), on_path=(), files=(), may=True):
        self.pythons = dict(pythons)
        self.launcher = dict(launcher)
        self.on_path = list(on_path)
        self.registry = {}
        self.files = set(files)
        self.allowed = may
        self.fails = ()
        self.running = ()
        self.status = None
        self.asked, self.ran, self.removed, self.shown, self.errors = [], [], [], [], []

    def may(self, target, action):
        self.asked.append(action)
        return self.allowed

    def static(self, kind, member):
        return {
            ("[System.Environment]", "GetFolderPath"): lambda name: {"LocalApplicationData": LOCAL}[name],
            ("[System.IO.Path]", "Combine"): ntpath.join,
            ("[System.Console]", "Error"): SimpleNamespace(writeline=self.errors.append),
        }[kind, member]

    def run(self, program, arguments):
        said = self.pythons.get(program)
        if program == "py.exe":
            said = self.launcher.get(arguments[0].lstrip("-"))
            arguments = arguments[1:]
        elif said is None:
            raise Terminating(f"{program} is not recognized")
        if arguments[:2] == ["-I", "-c"]:
            self.status = 0 if said else 103
            return [said] if said else ["No suitable Python runtime found"]
        self.ran.append((program, *arguments))
        self.status = 1 if said is None or any(word in arguments for word in self.fails) else 0
        if "venv" in arguments and self.status == 0:
            made = ntpath.join(arguments[-1], r"Scripts\python.exe")
            self.pythons[made] = said
            self.files |= {made, arguments[-1], HOME}
        return ["talk"] if self.status else []

    def get_command(self, name, **options):
        if name == "py.exe":
            return [SimpleNamespace(path="py.exe")] if self.launcher else []
        return [SimpleNamespace(path=path) for path in self.on_path if ntpath.basename(path) == name]

    def get_process(self, name, **options):
        return [name] if name in self.running else []

    def test_path(self, literalpath, **options):
        return literalpath in self.files or literalpath in self.registry

    def get_item(self, literalpath):
        return SimpleNamespace(getvalue=lambda name: self.registry[literalpath])

    def resolve_path(self, literalpath):
        return SimpleNamespace(providerpath=ntpath.join("E:\\", literalpath))

    def remove_item(self, literalpath, **options):
        self.removed.append(literalpath)
        if "locked" in self.fails:
            raise Terminating("in use")
        self.files = {path for path in self.files if not path.startswith(literalpath)}

    def set_strictmode(self, **options):
        return None

    push_location = pop_location = set_strictmode


def said(minor, platform="win-amd64", base=ORDINARY):
    return f"3 {minor} {platform} {base}"


def go(machine, **switches):
    return Script(SOURCE, machine, FOLDER, switches).run()


def commands(machine):
    return [" ".join(words[1:]) for words in machine.ran]


def test_a_fresh_machine_gets_an_environment_the_package_and_excel():
    machine = Machine(launcher={"3.13": said(13)})
    assert go(machine) == 0
    assert machine.ran[0] == ("py.exe", "-I", "-m", "venv", "--clear", VENV)
    assert {words[0] for words in machine.ran[1:]} == {PYTHON}
    assert machine.ran[1][-1] == FOLDER
    assert "--no-index" not in machine.ran[1]
    assert machine.ran[-1] == (PYTHON, "-I", "-m", "addin.cli", "install", "excel")
    assert len(machine.ran) == 3


def test_the_second_time_the_environment_is_kept():
    machine = Machine(launcher={"3.13": said(13)}, pythons={PYTHON: said(13)}, files={PYTHON})
    assert go(machine, NoOpen=True, Workbooks="D:\\my books\\") == 0
    assert not [line for line in commands(machine) if "venv" in line]
    assert machine.ran[-1][-4:] == ("excel", "--no-open", "--workbooks", "D:\\my books\\.")


def test_an_environment_whose_python_is_gone_is_made_anew():
    machine = Machine(launcher={"3.12": said(12)}, files={PYTHON})
    assert go(machine) == 0
    assert "venv --clear" in commands(machine)[0]


def test_offline_only_the_wheels_are_asked():
    machine = Machine(launcher={"3.13": said(13)}, files={"wheel house"})
    assert go(machine, Offline="wheel house", NoOpen=True) == 0
    pip = [words for words in machine.ran if "pip" in words]
    assert all("--no-index" in words and "E:\\wheel house\\." in words for words in pip)
    assert [words[-1] for words in pip] == ["gradsheet", "gradsheet"]
    assert "--force-reinstall" in pip[0]
    assert not [words for words in machine.ran if FOLDER in words]


def test_a_folder_of_wheels_that_is_not_there_is_named_before_anything_happens():
    machine = Machine(launcher={"3.13": said(13)})
    assert go(machine, Offline="nowhere") == 2
    assert "nowhere is no folder" in machine.errors[0]
    assert machine.ran == []


@pytest.mark.parametrize("switches", [{}, {"Test": True}, {"Uninstall": True}])
def test_what_if_changes_nothing(switches):
    files = {PYTHON, HOME, VENV, HOME + r"\excel.json"}
    machine = Machine(launcher={"3.13": said(13)}, pythons={PYTHON: said(13)}, files=files, may=False)
    assert go(machine, **switches) == 0
    assert len(machine.asked) == 2
    assert (machine.ran, machine.removed) == ([], [])


def test_the_tests_run_in_an_environment_of_their_own():
    machine = Machine(launcher={"3.13": said(13)}, pythons={PYTHON: said(13)}, files={PYTHON})
    assert go(machine, Test=True) == 0
    assert machine.ran[0][-1] == HOME + r"\venv-test"
    assert machine.ran[1][-1] == FOLDER + "[test]"
    assert machine.ran[-1] == (TEST_PYTHON, "-m", "pytest")
    assert not [words for words in machine.ran if words[0] == PYTHON]


def test_a_failing_test_fails_the_script():
    machine = Machine(launcher={"3.13": said(13)})
    machine.fails = ("pytest",)
    assert go(machine, Test=True) == 2
    assert "a test fails" in machine.errors[0]


@pytest.mark.parametrize(
    ("word", "sentence"), [("venv", "could not be made"), ("pip", "pip says why"), ("excel", "why")]
)
def test_whatever_fails_ends_it_with_one_sentence(word, sentence):
    machine = Machine(launcher={"3.13": said(13)})
    machine.fails = (word,)
    assert go(machine) == 2
    assert len(machine.errors) == 1
    assert sentence in machine.errors[0]
    assert word in machine.ran[-1]


def test_nothing_is_installed_or_removed_while_excel_is_open():
    machine = Machine(launcher={"3.13": said(13)}, pythons={PYTHON: said(13)}, files={PYTHON, HOME})
    machine.running = ("EXCEL",)
    for switches in ({}, {"Uninstall": True}):
        assert go(machine, **switches) == 2
    assert all("close Excel" in sentence for sentence in machine.errors)
    assert (machine.ran, machine.removed) == ([], [])


def test_uninstalling_asks_python_first_and_then_removes_the_folder():
    machine = Machine(pythons={PYTHON: said(13)}, files={PYTHON, HOME, HOME + r"\excel.json"})
    assert go(machine, Uninstall=True) == 0
    assert machine.ran == [(PYTHON, "-I", "-m", "addin.cli", "uninstall", "excel")]
    assert machine.removed == [HOME]
    assert machine.files == set()


def test_what_python_could_not_take_out_keeps_the_folder():
    machine = Machine(pythons={PYTHON: said(13)}, files={PYTHON, HOME})
    machine.fails = ("uninstall",)
    assert go(machine, Uninstall=True) == 2
    assert machine.removed == []


def test_without_a_python_that_runs_nothing_is_half_removed():
    machine = Machine(files={PYTHON, HOME, HOME + r"\excel.json"})
    assert go(machine, Uninstall=True) == 2
    assert "to repair it" in machine.errors[0]
    assert machine.removed == []


def test_uninstalling_what_is_not_there_is_no_problem():
    machine = Machine()
    assert go(machine, Uninstall=True) == 0
    assert (machine.ran, machine.removed, machine.errors) == ([], [], [])


def test_a_folder_in_use_is_said_to_be():
    machine = Machine(files={HOME})
    machine.fails = ("locked",)
    assert go(machine, Uninstall=True) == 2
    assert "close what runs Python" in machine.errors[0]


def test_the_best_known_version_wins_whoever_names_it():
    machine = Machine(launcher={"3.11": said(11), "3.12": said(12), "3.14": said(14)})
    assert go(machine) == 0
    assert machine.pythons[PYTHON] == said(12)


def test_a_python_on_the_path_or_in_the_registry_will_do():
    path = r"C:\some where\python.exe"
    machine = Machine(pythons={path: said(11)}, on_path=[path])
    assert go(machine) == 0
    assert machine.ran[0][0] == path
    machine = Machine(pythons={path: said(14)})
    machine.registry[r"HKCU:\Software\Python\PythonCore\3.14\InstallPath"] = r"C:\some where"
    assert go(machine) == 0
    assert machine.ran[0][0] == path


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (said(10), "is Python 3.10"),
        (said(15), "is Python 3.15"),
        (said(13, "win32"), "is made for win32"),
        (said(13, "win-arm64"), "is made for win-arm64"),
        (said(13, base=r"C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.13"), "Microsoft Store"),
    ],
)
def test_a_python_that_does_not_do_is_passed_over_with_the_reason(answer, reason):
    useless, good = r"C:\useless\python.exe", r"C:\good\python.exe"
    machine = Machine(pythons={useless: answer}, on_path=[useless])
    assert go(machine) == 2
    assert "python.org" in machine.errors[0]
    assert useless in machine.errors[0]
    assert reason in machine.errors[0]
    assert machine.ran == []
    machine = Machine(pythons={useless: answer, good: said(13)}, on_path=[useless, good])
    assert go(machine) == 0
    assert machine.ran[0][0] == good


def test_the_stores_stub_that_only_opens_a_shop_is_passed_over():
    stub = r"C:\Users\Zoë\AppData\Local\Microsoft\WindowsApps\python.exe"
    machine = Machine(on_path=[stub])
    assert go(machine) == 2
    assert "Python 3.11 to 3.14 is needed" in machine.errors[0]


def test_what_building_leaves_in_the_folder_is_swept_but_not_what_was_there_before():
    leftovers = {FOLDER + r"\build", FOLDER + r"\gradsheet.egg-info"}

    class Building(Machine):
        def run(self, program, arguments):
            if "pip" in arguments:
                self.files |= leftovers
            return super().run(program, arguments)

    machine = Building(launcher={"3.13": said(13)}, files={FOLDER + r"\build"})
    assert go(machine) == 0
    assert machine.removed == [FOLDER + r"\gradsheet.egg-info"]
