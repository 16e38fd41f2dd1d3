"""A checkout holds the same bytes on every system."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AS_IT_IS = {"-text"}
LINE_FEEDS = {"text=auto", "eol=lf"}


def test_every_file_keeps_its_bytes():
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    listed = subprocess.run(["git", "ls-files", "--eol"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        about, _, name = line.partition("\t")
        committed, _, attributes = about.split(maxsplit=2)
        expected = AS_IT_IS if committed == "i/-text" else LINE_FEEDS
        assert set(attributes.removeprefix("attr/").split()) == expected, name
        assert committed in ("i/lf", "i/-text", "i/none"), name
