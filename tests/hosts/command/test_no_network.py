"""Nothing that Gradsheet does opens a connection: every command and every formula runs where sockets are forbidden."""

import subprocess
import sys

from addin.cli.parser import SUBCOMMANDS

RUN = (
    "build",
    "new",
    "train",
    "evaluate",
    "export",
    "import",
    "repair",
    "predict",
    "functions",
    "warm",
    "check",
    "equip",
    "sweep",
)
OF_PROGRAMS = {"install", "uninstall", "doctor"}
"""Those that start LibreOffice or write into Excel's folders; nothing of theirs asks the network either."""
# The name of this computer, which a lock file holds, is no question to the network; nor is what a process has with
# itself, by which an event loop wakes up on Windows, and xlwings makes one when it is imported.
SCRIPT = '''
import sys

def forbid(event, arguments):
    own = event == "socket.__new__" or "127.0.0.1" in str(arguments[1:])
    if event == "socket.gethostname" or (sys.platform == "win32" and own):
        return
    if event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.")):
        raise RuntimeError(f"{event} {arguments}")

sys.addaudithook(forbid)

from addin.cli.command import main
from pyfuncs.catalogue.warm import call_examples

COMMANDS = """
build titanic_linear --output .
new rents.csv --target rent -o own.xlsx
train titanic_linear.xlsx --epochs 1 --quiet
train own.xlsx --epochs 1 --quiet
evaluate titanic_linear.xlsx
export titanic_linear.xlsx weights.csv
import titanic_linear.xlsx weights.csv
repair titanic_linear.xlsx
predict own.xlsx rents.csv -o answers.csv
functions NN_RELU
warm
check own.xlsx -o checked.csv
equip titanic_linear.xlsx -o equipped.xlsx
sweep titanic_linear.xlsx --epochs 1 --lr 0.1,0.2 --jobs 1 --quiet -o swept.xlsx
"""
for line in COMMANDS.split("\\n"):
    if line:
        status = main(line.split())
        print(f"{line.split()[0]}: {status}", file=sys.stderr)
print(f"examples: {call_examples()}", file=sys.stderr)
'''


def test_no_command_and_no_formula_asks_the_network(tmp_path):
    rows = [f"{30 + i % 7},{('flat', 'house')[i % 2]},{400 + 13 * i % 50}" for i in range(40)]
    (tmp_path / "rents.csv").write_text("\n".join(["size,kind,rent", *rows]), encoding="utf-8")
    command = [sys.executable, "-c", SCRIPT]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr
    done = [line for line in ended.stderr.splitlines() if line.endswith(": 0")]
    assert {line.partition(":")[0] for line in done} == set(RUN)
    assert set(RUN) | OF_PROGRAMS == set(SUBCOMMANDS)
    assert int(ended.stderr.rsplit("examples: ", 1)[1]) > 100


def test_a_socket_would_be_seen(tmp_path):
    script = SCRIPT.partition("from addin.cli")[0] + "import socket\nsocket.create_connection(('localhost', 9))\n"
    ended = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "RuntimeError: socket." in ended.stderr
