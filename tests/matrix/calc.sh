#!/usr/bin/env bash
# Runs the tests of Calc with Debian 13's LibreOffice:  calc.sh FOLDER [options of pytest]
set -euo pipefail
folder=$1
shift
exec "$(dirname "$0")/debian_13.sh" "$folder" bash -euc '
  [ -x /opt/gradsheet/bin/python ] || python3 -m venv /opt/gradsheet
  /opt/gradsheet/bin/pip install --quiet --disable-pip-version-check --editable ".[test]"
  GRADSHEET_REQUIRE_CALC=1 exec /opt/gradsheet/bin/python -m pytest -p no:cacheprovider tests/hosts/calc "$@"
' calc "$@"
