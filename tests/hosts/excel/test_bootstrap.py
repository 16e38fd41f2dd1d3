"""From an unpacked folder to Excel: the ways on pretend machines, and for real with a tiny package of its own."""

import ast
import io
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import pytest

from addin.cli.parser import command_parser
from addin.excel.install import bootstrap, record
from addin.excel.install.bootstrap import Machine, Python, Refusal, unfit
from addin.excel.install.wheelhouse import write_checksums

from .pretend import contents

GOOD = Python(
    version=(3, 13),
    implementation="cpython",
    system="win32",
    platform="win-amd64",
    base=r"C:\Users\Zoë Müller\AppData\Local\Programs\Python\Python313",
    is_conda=False,
    is_free_threaded=False,
    missing=(),
)


class PretendMachine(Machine):
    """Folders that are real, programs that are only noted down; `works` says which commands succeed."""

    def __init__(self, folder, works=lambda words: True, pip="pip 25.0 from nowhere", excel=False):
        super().__init__(folder / "Zoë Müller" / "gradsheet-0.1", folder / "Local" / "gradsheet")
        self.works, self.pip, self.excel = works, pip, excel
        self.said, self.ran, self.folders, self.fits = [], [], [], False
        (self.source / "addin" / "excel" / "build").mkdir(parents=True)
        (self.source / "addin" / "excel" / "build" / "vba.py").write_text("built = 1\n")
        (self.source / "pyproject.toml").write_text("[project]\n")

    def say(self, line):
        self.said.append(line)

    def run(self, command, folder=None):
        self.ran.append([str(word) for word in command])
        self.folders.append(contents(folder) if folder else None)
        return self.works(self.ran[-1])

    def answer(self, command):
        if "--version" in command:
            return self.pip
        if "-Fit" in command:
            return bootstrap.FITS if self.fits else None
        return "" if self.fits else None

    def is_running(self, program):
        return self.excel and program == "EXCEL.EXE"


@pytest.fixture
def machine(tmp_path):
    return PretendMachine(tmp_path)


def follow(machine, *switches):
    bootstrap.follow(bootstrap.parsed(switches), machine)


def programs(machine):
    """Return the words behind each program that was started, without pip's options."""
    return [[word for word in words[1:] if word not in bootstrap.QUIETLY] for words in machine.ran]


# Which Python does.


def test_the_python_that_runs_the_tests_does():
    assert unfit(bootstrap.this_python()) is None
    assert unfit(GOOD) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"version": (3, 10)}, "is Python 3.10"),
        ({"version": (3, 15)}, "is Python 3.15"),
        ({"implementation": "pypy"}, "is pypy"),
        ({"platform": "win32"}, "is made for win32"),
        ({"platform": "win-arm64"}, "is made for win-arm64"),
        ({"platform": "mingw_x86_64_ucrt_gnu"}, "is made for mingw"),
        ({"base": r"C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.13"}, "Microsoft Store"),
        ({"is_conda": True}, "Conda"),
        ({"is_free_threaded": True}, "free-threaded"),
        ({"missing": ("venv", "ssl")}, "lacks venv, ssl"),
    ],
)
def test_a_python_that_does_not_do_is_passed_over_with_the_reason(change, reason):
    assert reason in unfit(GOOD._replace(**change))


@pytest.mark.parametrize("version", range(11, 15))
def test_every_version_that_is_promised_does(version):
    assert unfit(GOOD._replace(version=(3, version))) is None


def test_a_base_folder_of_condas_and_its_version_are_noticed(monkeypatch, tmp_path):
    assert not bootstrap.this_python().is_conda
    monkeypatch.setattr(sys, "version", "3.13.1 | packaged by conda-forge | (main)")
    assert bootstrap.this_python().is_conda
    monkeypatch.undo()
    (tmp_path / "conda-meta").mkdir()
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    assert bootstrap.this_python().is_conda


def test_a_build_without_the_lock_is_noticed(monkeypatch):
    monkeypatch.setattr(bootstrap.sysconfig, "get_config_var", {"Py_GIL_DISABLED": 1}.get)
    assert bootstrap.this_python().is_free_threaded


def test_a_module_that_cannot_be_loaded_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "ssl", None)
    assert bootstrap.this_python().missing == ("ssl",)


def test_an_old_python_can_read_the_file_to_say_that_it_is_too_old():
    text = Path(bootstrap.__file__).read_text(encoding="utf-8")
    tree = ast.parse(text, feature_version=(3, 7))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert {module.partition(".")[0] for module in imported} <= sys.stdlib_module_names


@pytest.mark.parametrize("base", ["C:\\山田\\WindowsApps", "C:\\山田\\Python313"])
def test_what_a_python_says_of_itself_names_no_folder(monkeypatch, capsys, base):
    # Python might not be able to print its letters, and Windows PowerShell 5.1 would spoil them.
    monkeypatch.setattr(bootstrap, "this_python", lambda: GOOD._replace(base=base))
    assert bootstrap.main(["-Fit"]) == 0
    assert capsys.readouterr().out.strip() == (unfit(GOOD._replace(base=base)) or bootstrap.FITS)
    assert (unfit(GOOD._replace(base=base)) or "").isascii()


# What runs.


@pytest.mark.parametrize(
    ("rows", "ours"),
    [
        ([("EXCEL.EXE", 4242, "Console", 1), ("python.exe", None, "Console", 1)], True),
        ([("excel.exe", 4242, "RDP-Tcp#3", 3), ("python.exe", None, "Console", 1)], False),
        ([("EXCEL.EXE", 7, "RDP-Tcp#3", 3), ("EXCEL.EXE", 8, "Console", 1), ("python.exe", None, "Console", 1)], True),
        ([("notexcel.exe", 7, "Console", 1), ("python.exe", None, "Console", 1)], False),
        ([("EXCEL.EXE", 4242, "Console", 1)], True),
        ([], False),
    ],
    ids=["ours", "another user's", "both", "another program", "own session unknown", "nothing"],
)
def test_an_excel_of_another_user_who_is_signed_in_is_not_ours(monkeypatch, rows, ours):
    listed = "".join(
        f'"{name}","{process or os.getpid()}","{session}","{number}","120.000 K"\r\n'
        for name, process, session, number in rows
    )
    answer = SimpleNamespace(stdout=listed.encode("cp850"))
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda command, **options: answer)
    assert bootstrap.is_running("EXCEL.EXE") is ours


def test_a_sentence_instead_of_a_list_is_no_program(monkeypatch):
    said = "INFORMATION: Es werden keine Aufgaben mit den angegebenen Kriterien ausgeführt.\r\n".encode("cp850")
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda command, **options: SimpleNamespace(stdout=said))
    assert not bootstrap.is_running("EXCEL.EXE")


@pytest.mark.parametrize("error", [FileNotFoundError("tasklist"), subprocess.TimeoutExpired("tasklist", 60)])
def test_where_windows_does_not_answer_no_program_is_taken_to_run(monkeypatch, error):
    def run(command, **options):
        raise error

    monkeypatch.setattr(bootstrap.subprocess, "run", run)
    assert not bootstrap.is_running("EXCEL.EXE")


# The ways.


def test_a_fresh_machine_gets_an_environment_the_package_and_excel(machine):
    follow(machine)
    venv = machine.home / "venv"
    assert machine.ran[0] == [sys.executable, "-I", "-m", "venv", "--clear", str(venv)]
    assert all(Path(words[0]).is_relative_to(venv) for words in machine.ran[1:])
    assert programs(machine)[1:] == [
        ["-I", "-m", "pip", "install", str(machine.home / "source")],
        ["-I", "-m", "addin.cli", "install", "excel"],
        ["-I", "-m", "addin.cli", "doctor", "excel"],
    ]


def test_the_second_time_the_environment_is_kept(machine):
    machine.fits = True
    follow(machine, "-NoOpen", "-Workbooks", "my books/.")
    assert not [words for words in machine.ran if "venv" in words]
    assert programs(machine)[-2] == [
        "-I",
        "-m",
        "addin.cli",
        "install",
        "excel",
        "--no-open",
        "--workbooks",
        "my books",
    ]


def test_the_words_given_to_the_command_are_words_of_the_command(machine):
    for switches in (["-NoOpen", "-Workbooks", "books"], ["-Uninstall"]):
        machine.fits = True
        machine.home.mkdir(parents=True, exist_ok=True)
        follow(machine, *switches)
    words = [given[3:] for given in programs(machine) if "addin.cli" in given]
    assert [given[0] for given in words] == ["install", "doctor", "uninstall"]
    for given in words:
        assert command_parser().parse_args(given).host == "excel"


def test_what_is_built_is_a_copy_and_the_unpacked_folder_is_only_read(machine):
    for name in ("build/lib/old.py", "gradsheet.egg-info/SOURCES.txt", ".git/config", "wheelhouse/numpy-2.0.whl"):
        (machine.source / name).parent.mkdir(parents=True)
        (machine.source / name).write_text("left from before")
    for path in machine.source.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = contents(machine.source)
    copied = {}

    def work(words):
        if "pip" in words:
            copied.update(contents(machine.home / "source"))
            (machine.home / "source" / "build").mkdir()
            (machine.home / "source" / "pyproject.toml").write_text("changed")
        return True

    machine.works = work
    follow(machine)
    assert copied["addin/excel/build/vba.py"] == b"built = 1\n"
    assert not [path for path, data in copied.items() if data == b"left from before"]
    assert contents(machine.source) == before
    assert not (machine.home / "source").exists()


def test_a_copy_left_from_a_run_that_was_cut_off_is_replaced(machine):
    (machine.home / "source").mkdir(parents=True)
    (machine.home / "source" / "old.py").write_text("old")
    seen = []
    machine.works = lambda words: seen.append((machine.home / "source" / "old.py").exists()) or True
    follow(machine)
    assert seen[1] is False


@pytest.mark.parametrize(
    ("pip", "renewed"),
    [
        ("pip 23.2.1 from nowhere", ["--upgrade", "pip"]),
        ("pip 24.0 from nowhere", ["--use-feature=truststore", "--upgrade", "pip"]),
        ("pip 24.2 from nowhere", None),
        ("pip 24.1b2 from nowhere", ["--use-feature=truststore", "--upgrade", "pip"]),
        ("pip 26.0 from nowhere", None),
        (None, None),
    ],
)
def test_a_pip_that_does_not_know_windows_certificates_is_renewed_first(machine, pip, renewed):
    machine.pip = pip
    machine.works = lambda words: "--upgrade" not in words  # and may fail, for the old one may do
    follow(machine)
    assert [words[4:] for words in programs(machine) if "--upgrade" in words] == ([renewed] if renewed else [])
    assert programs(machine)[-1][-2:] == ["doctor", "excel"]


@pytest.fixture
def wheels(tmp_path):
    folder = tmp_path / "wheel house"
    folder.mkdir()
    (folder / "gradsheet-0.1.0-py3-none-any.whl").write_bytes(b"")
    return folder


def test_offline_only_the_wheels_are_asked(machine, wheels):
    machine.pip = "pip 22.3 from nowhere"
    follow(machine, "-Offline", f"{wheels}/.", "-NoOpen")
    pip = [words for words in programs(machine) if "pip" in words]
    assert all(words[4:7] == ["--no-index", "--find-links", str(wheels)] for words in pip)
    assert [words[7:] for words in pip] == [["--force-reinstall", "--no-deps", "gradsheet"], ["gradsheet"]]


@pytest.mark.parametrize("switches", [(), ("-Test",)])
def test_wheels_that_are_not_there_are_named_before_anything_happens(machine, tmp_path, switches):
    with pytest.raises(Refusal, match="nowhere is no folder"):
        follow(machine, "-Offline", "nowhere", *switches)
    with pytest.raises(Refusal, match="no wheel of Gradsheet"):
        follow(machine, "-Offline", str(tmp_path), *switches)
    assert machine.ran == []
    assert not machine.home.exists()


def test_wheels_are_compared_with_their_list_before_anything_happens(machine, wheels, tmp_path):
    write_checksums(wheels)
    follow(machine, "-Offline", str(wheels), "-NoOpen")
    assert programs(machine)
    machine.ran.clear()
    (wheels / "numpy-2.0-py3-none-any.whl").write_bytes(b"added")
    with pytest.raises(Refusal, match=r"numpy-2\.0-py3-none-any\.whl is on one of the two only"):
        follow(machine, "-Offline", str(wheels))
    write_checksums(wheels)
    (wheels / "numpy-2.0-py3-none-any.whl").write_bytes(b"other")
    with pytest.raises(Refusal, match=r"numpy-2\.0-py3-none-any\.whl is not as it was"):
        follow(machine, "-Offline", str(wheels))
    (wheels / "numpy-2.0-py3-none-any.whl").unlink()
    with pytest.raises(Refusal, match=r"numpy-2\.0-py3-none-any\.whl is on one of the two only"):
        follow(machine, "-Offline", str(wheels))
    assert machine.ran == []


@pytest.mark.parametrize(
    ("switches", "words"),
    [
        ((), ["Excel is closed", "make an environment", "install Gradsheet", "register them", "check each step"]),
        (("-Test",), ["make an environment", "install Gradsheet", "run the tests"]),
        (("-Uninstall",), ["Excel is closed", "take Gradsheet out", "remove "]),
        (("-Offline", "{wheels}"), ["Excel is closed", "make an", "wheel house into", "register", "check each step"]),
    ],
)
def test_what_if_says_what_would_happen_starts_nothing_and_writes_nothing(machine, tmp_path, wheels, switches, words):
    machine.home.mkdir(parents=True)
    machine.excel = True
    before = contents(tmp_path)
    follow(machine, *(switch.format(wheels=wheels) for switch in switches), "-WhatIf")
    assert len(machine.said) == len(words)
    for said, word in zip(machine.said, words, strict=True):
        assert said.startswith("What if: ")
        assert word in said
    assert machine.ran == []
    assert contents(tmp_path) == before


def test_the_tests_run_in_a_copy_and_in_an_environment_of_their_own(machine):
    machine.excel = True
    follow(machine, "-Test")
    assert machine.ran[0][-1] == str(machine.home / "venv-test")
    assert machine.ran[1][-1] == str(machine.home / "source") + "[test]"
    assert programs(machine)[-1] == ["-m", "pytest"]
    assert "pyproject.toml" in machine.folders[-1]
    assert len(machine.ran) == 3


@pytest.mark.parametrize(
    ("switches", "word", "sentence"),
    [
        ((), "venv", "venv could not be made, for the reason above"),
        ((), "pip", "pip says why above.* -Offline"),
        ((), "install", "pip says why above"),
        ((), "--no-open", "Gradsheet is not in Excel yet: the line above says why"),
        ((), "doctor", "Gradsheet is in Excel, but something stands in its way"),
        (("-Test",), "pytest", "a test fails"),
        (("-Uninstall",), "uninstall", "could not be taken out: the line above says why"),
    ],
)
def test_whatever_fails_ends_it_with_a_sentence(machine, switches, word, sentence):
    machine.home.mkdir(parents=True)
    machine.fits = "-Uninstall" in switches
    machine.works = lambda words: word not in words
    with pytest.raises(Refusal, match=sentence):
        follow(machine, *switches, *([] if switches else ["-NoOpen"]))
    assert word in machine.ran[-1]
    assert machine.home.exists()


@pytest.mark.parametrize("switches", [(), ("-Uninstall",)])
def test_nothing_is_installed_or_removed_while_excel_is_open(machine, switches):
    machine.home.mkdir(parents=True)
    machine.excel = True
    with pytest.raises(Refusal, match="close Excel"):
        follow(machine, *switches)
    assert machine.ran == []
    assert machine.home.exists()


def test_uninstalling_asks_the_command_first_and_then_removes_the_folder(machine):
    machine.fits = True
    (machine.home / "venv").mkdir(parents=True)
    (machine.home / bootstrap.RECORD).write_text("{}")
    follow(machine, "-Uninstall")
    assert programs(machine) == [["-I", "-m", "addin.cli", "uninstall", "excel"]]
    assert not machine.home.exists()
    assert machine.source.exists()


def test_without_a_python_that_runs_nothing_is_half_removed(machine):
    (machine.home / "venv").mkdir(parents=True)
    (machine.home / bootstrap.RECORD).write_text("{}")
    with pytest.raises(Refusal, match="to repair it, then with it"):
        follow(machine, "-Uninstall")
    assert machine.home.exists()


def test_an_environment_that_never_came_to_excel_is_removed(machine):
    (machine.home / "venv").mkdir(parents=True)
    follow(machine, "-Uninstall")
    assert machine.ran == []
    assert not machine.home.exists()


def test_uninstalling_what_is_not_there_is_no_problem(machine):
    follow(machine, "-Uninstall")
    assert "nothing is to remove" in machine.said[0]
    assert machine.ran == []


def test_a_folder_in_use_is_named_with_windows_reason(machine, monkeypatch):
    machine.home.mkdir(parents=True)

    def rmtree(path, **options):
        raise PermissionError(13, "The process cannot access the file", str(path / "numpy.pyd"))

    monkeypatch.setattr(bootstrap.shutil, "rmtree", rmtree)
    with pytest.raises(Refusal, match=r"cannot access the file: .*numpy\.pyd.*close what runs Python"):
        follow(machine, "-Uninstall")


def test_a_program_that_cannot_be_started_is_named(tmp_path):
    with pytest.raises(Refusal, match=r"no python\.exe could not be started \(.+\): allow it"):
        Machine(tmp_path, tmp_path).run([str(tmp_path / "no python.exe")])


def test_a_file_that_cannot_be_copied_is_named(machine, monkeypatch):
    def copytree(source, target, **options):
        raise shutil.Error([("a.py", "b.py", "Input/output error")])

    monkeypatch.setattr(bootstrap.shutil, "copytree", copytree)
    with pytest.raises(Refusal, match=r"a\.py could not be copied \(Input/output error\)"):
        follow(machine)


@pytest.mark.parametrize("inside", ["", "unpacked"])
def test_a_folder_that_uninstalling_would_remove_is_no_place_to_install_from(machine, inside):
    machine.source = machine.home / inside
    with pytest.raises(Refusal, match="unpack Gradsheet into another one"):
        follow(machine)


@pytest.mark.parametrize(
    ("switches", "sentence"),
    [
        (["-Test", "-Uninstall"], "not allowed with"),
        (["-Tset"], "unrecognized arguments: -Tset"),
        (["-Uninstall", "-Offline", "x"], "-Offline has no meaning beside -Uninstall"),
        (["-Test", "-NoOpen"], "-NoOpen has no meaning beside -Test"),
    ],
)
def test_switches_that_make_no_sense_are_one_line(capsys, switches, sentence):
    with pytest.raises(SystemExit) as ended:
        bootstrap.main(switches)
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1


def test_it_keeps_everything_in_the_folder_that_the_command_uses():
    assert (bootstrap.HOME, bootstrap.RECORD) == (record.HOME, record.NAME)


# The file itself, as the script starts it.

FULL = OSError(28, "No space left", "x")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda patch: patch.delenv("LOCALAPPDATA", raising=False), "LOCALAPPDATA is not set"),
        (lambda patch: patch.setattr(bootstrap, "unfit", lambda python: "is Python 3.9"), "is Python 3.9: use"),
        (lambda patch: patch.setattr(bootstrap, "follow", raising(FULL)), "x: No space left; mend that"),
        (lambda patch: patch.setattr(bootstrap, "follow", raising(KeyboardInterrupt())), "stopped; run this once more"),
    ],
    ids=["no folder", "unfit", "disk full", "interrupted"],
)
def test_every_failure_is_one_sentence_and_status_2(monkeypatch, capsys, tmp_path, change, sentence):
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    change(monkeypatch)
    assert bootstrap.main(["-WhatIf"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("install.ps1: ")
    assert sentence in err


def test_letters_that_the_output_has_not_are_escaped(monkeypatch, tmp_path):
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "山田"))
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="cp1252"))
    assert bootstrap.main(["-WhatIf"]) == 0
    assert b"\\u5c71\\u7530" in written.getvalue()


def raising(error):
    def raise_it(*arguments):
        raise error

    return raise_it


BACKEND = """
    import zipfile
    from pathlib import Path

    def build_wheel(folder, config_settings=None, metadata_directory=None):
        Path("build").mkdir()
        name = "gradsheet-0.1.0-py3-none-any.whl"
        about = "gradsheet-0.1.0.dist-info"
        with zipfile.ZipFile(Path(folder) / name, "w") as wheel:
            wheel.write("addin/__init__.py")
            wheel.write("addin/cli.py")
            wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\\nName: gradsheet\\nVersion: 0.1.0\\n")
            wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
            wheel.writestr(f"{about}/RECORD", "")
        return name
"""
COMMAND = """
    import os, sys
    from pathlib import Path

    if __name__ == "__main__":
        excel = Path(os.environ["EXCEL"])
        if sys.argv[1] == "uninstall":
            excel.unlink()
        else:
            excel.open("a").write(" ".join(sys.argv[1:]) + "\\n")
        print("done:", *sys.argv[1:])
"""
PROJECT = """
    [build-system]
    requires = []
    build-backend = "backend"
    backend-path = ["."]
    [project]
    name = "gradsheet"
    version = "0.1.0"
"""


@pytest.fixture
def unpacked(tmp_path):
    """Return a folder as it is unpacked, with a package so small that it needs nothing from the internet."""
    folder = tmp_path / "Zoë 山田" / "grad sheet"
    files = {"backend.py": BACKEND, "addin/__init__.py": "", "addin/cli.py": COMMAND, "pyproject.toml": PROJECT}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")
    script = folder / "addin" / "excel" / "install" / "bootstrap.py"
    script.parent.mkdir(parents=True)
    script.write_bytes(Path(bootstrap.__file__).read_bytes())
    return script


class WithoutExcel(Machine):
    """The machine at hand, whether or not somebody has Excel open there."""

    def is_running(self, program):
        return False


@pytest.fixture
def start(unpacked, tmp_path, monkeypatch, capfd):
    """Return what follows switches in the unpacked folder, and its exit status, output and complaints."""
    monkeypatch.setenv("EXCEL", str(tmp_path / "excel.txt"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")  # an old pip cannot renew itself then, and does all the same
    monkeypatch.chdir(tmp_path)
    machine = WithoutExcel(unpacked.parents[3], tmp_path / "Local" / "gradsheet")
    monkeypatch.setattr(bootstrap, "this_machine", lambda: machine)

    def run(*switches):
        capfd.readouterr()
        status = bootstrap.main(switches)
        return SimpleNamespace(status=status, **capfd.readouterr()._asdict())

    return run


def test_for_real_the_file_starts_in_isolation_and_finds_its_folder(unpacked, tmp_path):
    before = contents(tmp_path)

    def started(*switches):
        command = [sys.executable, "-I", str(unpacked), *switches]
        environment = os.environ | {"LOCALAPPDATA": str(tmp_path / "Local")}
        return subprocess.run(command, capture_output=True, env=environment)

    ended = started("-WhatIf")
    assert ended.returncode == 0, ended.stderr
    assert [line[:9] for line in ended.stdout.splitlines()] == 5 * [b"What if: "]
    ended = started("-Offline", "nowhere")
    assert (ended.returncode, ended.stdout, ended.stderr.count(b"\n")) == (2, b"", 1)
    assert contents(tmp_path) == before


@pytest.fixture
def real_wheels(unpacked, tmp_path, monkeypatch):
    """Return a folder with the wheel of the tiny package."""
    folder = tmp_path / "wheel house"
    folder.mkdir()
    building = SimpleNamespace()
    exec(textwrap.dedent(BACKEND), vars(building))
    with monkeypatch.context() as inside:
        inside.chdir(unpacked.parents[3])
        building.build_wheel(folder)
        Path("build").rmdir()
    return folder


def test_for_real_it_installs_from_wheels_and_from_source_and_leaves_no_trace(start, real_wheels, tmp_path):
    """One test, for making the environment with its pip takes most of the time."""
    before = contents(tmp_path)
    home, excel = tmp_path / "Local" / "gradsheet", tmp_path / "excel.txt"

    ended = start("-Offline", "wheel house/.", "-NoOpen", "-Workbooks", "books/.")
    assert ended.status == 0, ended.err
    assert "Making an environment" in ended.out
    assert excel.read_text().splitlines() == ["install excel --no-open --workbooks books", "doctor excel"]
    assert [path.name for path in home.iterdir()] == ["venv"]

    excel.write_text("")
    ended = start()
    assert ended.status == 0, ended.err
    assert "Making an environment" not in ended.out
    assert excel.read_text().splitlines() == ["install excel", "doctor excel"]

    wheel = next(real_wheels.iterdir())
    other = wheel.rename(wheel.with_name(wheel.name.replace("py3", "cp27")))
    ended = start("-Offline", "wheel house")
    assert ended.status == 2
    assert ended.err.splitlines()[-1].startswith("install.ps1: the packages could not be installed")
    other.rename(wheel)

    ended = start("-Uninstall")
    assert ended.status == 0, ended.err
    assert ended.out.splitlines() == ["done: uninstall excel", "Gradsheet is removed."]
    (tmp_path / "Local").rmdir()
    assert contents(tmp_path) == before
