#!/usr/bin/env bash
# The built wheel, installed in an environment of its own and used in a folder that has packages of the same names.
# Usage: tests/matrix/wheel.sh FOLDER
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
rm -rf "$folder/source" "$folder/wheel" "$folder/venv" "$folder/away"
mkdir -p "$folder/source" "$folder/away"

git -C "$source" ls-files -z | tar --directory "$source" --null --files-from - --create | tar --directory "$folder/source" --extract
"${PYTHON:-python3}" -m venv "$folder/venv"
pip=("$folder/venv/bin/pip" --quiet --disable-pip-version-check)
"${pip[@]}" wheel --no-deps --wheel-dir "$folder/wheel" "$folder/source"
wheel=$(echo "$folder"/wheel/gradsheet-*.whl)
"${pip[@]}" install "$wheel[test]"

# Whoever imports one of these has not looked where the wheel is installed.
for package in addin pyfuncs workbooks; do
  mkdir "$folder/away/$package"
  echo "raise ImportError('$package of the present folder')" > "$folder/away/$package/__init__.py"
done
cp -r "$folder"/source/{tests,docs,pyproject.toml} "$folder/away"
rm -rf "$folder/source"

cd "$folder/away"
"$folder/venv/bin/gradsheet" warm
"$folder/venv/bin/gradsheet" build titanic_linear --output out
"$folder/venv/bin/gradsheet" train out/titanic_linear.xlsx --epochs 1
# Tests start Python with -c and -m, which would look in the present folder first; the command itself does not.
PYTHONSAFEPATH=1 "$folder/venv/bin/pytest" --numprocesses auto --dist loadfile -m "not slow" \
  tests/cells tests/catalogue tests/kernels tests/training tests/own_data tests/hosts/file tests/hosts/command tests/made_before
