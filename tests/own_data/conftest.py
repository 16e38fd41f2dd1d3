"""Tables that nobody prepared for Gradsheet: scikit-learn's, and a small messy one."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sklearn import datasets

KNOWN = {
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast_cancer": datasets.load_breast_cancer,
    "diabetes": datasets.load_diabetes,
}


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
    return path


@pytest.fixture
def known_table(tmp_path: Path) -> Callable[[str], Path]:
    """Return the writer of one of scikit-learn's tables as CSV, the classes of iris by their names."""

    def write(name: str) -> Path:
        found = KNOWN[name]()
        target = found.target_names[found.target] if name == "iris" else found.target
        rows = [[*row, answer] for row, answer in zip(found.data.tolist(), target.tolist(), strict=True)]
        return write_csv(tmp_path / f"{name}.csv", [*found.feature_names, "target"], rows)

    return write


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Return the writer of a file from its text."""

    def write(text: str, name: str = "table.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """Return a table with blanks, rare words, an index, a constant column and a target that is a word."""
    words = ["red", "green", "red", "blue", "green", "red"]
    rows = [
        [
            i + 1,
            "" if i % 7 == 3 else i * 1.5 + (i * i) % 11,
            "NA" if i % 9 == 4 else ["plum", "fig"][i == 8] if i % 20 == 8 else words[i % 6],
            "same",
            "" if i == 5 else ["no", "yes"][(i * i + i // 3) % 5 > 1],
        ]
        for i in range(60)
    ]
    return write_csv(tmp_path / "messy.csv", ["id", "size", "colour", "kind", "sold"], rows)
