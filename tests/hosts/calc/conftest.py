"""One office for all tests of Calc, with a profile of its own, driven through the office's own Python."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from addin.calc.install import installer
from addin.calc.install.office import Program, check_version, find_office
from pyfuncs.cells.errors import GradsheetError

from .driver import Calc, missing

DEPS = "com.sun.star.comp.Calc.NLPSolver.DEPSSolverImpl"


@pytest.fixture(scope="session")
def office() -> Program:
    try:
        program = find_office()
        check_version(program)
    except GradsheetError as error:
        missing(str(error))
    return program


@pytest.fixture(scope="session")
def installed(office: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a profile with Gradsheet installed in it."""
    profile = tmp_path_factory.mktemp("office") / "profile"
    installer.install(profile, lambda line: None)
    return profile


@pytest.fixture(scope="session")
def shared_calc(office: Program, installed: Path) -> Iterator[Calc]:
    """Return the office that the tests share."""
    calc = Calc(office, installed)
    yield calc
    calc.end()


LOCALE = (
    '<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">'
    "<value>{}</value></prop></item>"
)


@pytest.fixture(scope="session", params=["en-US", "de-DE"])
def calc_of_a_country(
    request: pytest.FixtureRequest, office: Program, installed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Calc]:
    """Return an office that separates arguments and decimals as a country does: (1.5, 2) or (1,5; 2)."""
    profile = tmp_path_factory.mktemp(request.param) / "profile"
    shutil.copytree(installed, profile, ignore=shutil.ignore_patterns(".lock"))
    settings = profile / "user" / "registrymodifications.xcu"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("</oor:items>", LOCALE.format(request.param) + "</oor:items>"), encoding="utf-8")
    calc = Calc(office, profile)
    yield calc
    calc.end()


@pytest.fixture
def calc(shared_calc: Calc) -> Calc:
    return shared_calc


@pytest.fixture(scope="session")
def bare_calc(office: Program, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calc]:
    """Return an office without Gradsheet."""
    calc = Calc(office, tmp_path_factory.mktemp("bare") / "profile")
    yield calc
    calc.end()


@pytest.fixture
def nonlinear_solver(bare_calc: Calc) -> str:
    """Return the name of the solver engine DEPS, which Debian packs apart."""
    if not bare_calc.has_service(DEPS):
        missing("libreoffice-nlpsolver is not installed.")
    return DEPS


@pytest.fixture
def own_calc(office: Program, installed: Path, tmp_path: Path) -> Iterator[Calc]:
    """Return an office that a test may kill."""
    profile = tmp_path / "profile"
    shutil.copytree(installed, profile, ignore=shutil.ignore_patterns(".lock"))
    calc = Calc(office, profile)
    yield calc
    calc.end()


@pytest.fixture
def screen_size() -> tuple[int, int]:
    """Return how wide and high a screen is; a test may want another."""
    return 1920, 1080


@pytest.fixture
def screen(screen_size: tuple[int, int]) -> Iterator[dict[str, str]]:
    """Return the variables of a screen of its own, with a window manager."""
    for tool in ("Xvfb", "openbox", "xdotool", "import"):
        if shutil.which(tool) is None:
            missing(f"{tool} is not installed.")
    reading, writing = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "{}x{}x24".format(*screen_size)],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as numbers:
        display = {"DISPLAY": f":{numbers.readline().strip()}", "SAL_USE_VCLPLUGIN": "gtk3"}
    manager = subprocess.Popen(["openbox"], env=os.environ | display, stderr=subprocess.DEVNULL)
    yield display
    for process in (manager, screen):
        process.terminate()
        process.wait(10)


@pytest.fixture
def shown() -> str:
    """Return the template that the window shows; a test may want another."""
    return "titanic_two_layer"


@pytest.fixture
def window(
    office: Program,
    installed: Path,
    template: Callable[[str], Path],
    tmp_path: Path,
    screen: dict[str, str],
    shown: str,
) -> Iterator[tuple[Calc, int, dict[str, str]]]:
    """Return an office with a window on a screen of its own, a template shown in it, and the screen's variables."""
    profile = shutil.copytree(installed, tmp_path / "profile", ignore=shutil.ignore_patterns(".lock"))
    calc = Calc(office, profile, "--calc", str(template(shown)), **screen)
    yield calc, calc.shown(), screen
    calc.end()


@pytest.fixture
def sheet(calc: Calc) -> Iterator[int]:
    """Return the number of a new document with one sheet, Sheet1."""
    number = calc.new()
    yield number
    calc.close(number)


@pytest.fixture
def opened(calc: Calc, template: Callable[[str], Path]) -> Iterator[Callable[[str], int]]:
    """Return the opener of a fresh copy of a template."""
    numbers = []

    def open_template(name: str) -> int:
        numbers.append(calc.open(str(template(name))))
        return numbers[-1]

    yield open_template
    for number in numbers:
        calc.close(number)
