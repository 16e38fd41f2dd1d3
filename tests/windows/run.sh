#!/usr/bin/env bash
# Runs the tests on Windows' own Python, under Wine:  run.sh FOLDER [options of pytest | --measure]
#
# FOLDER holds the Debian that tests/matrix/debian_13.sh makes, with Wine and a Windows in it. Without options all runs
# that needs no LibreOffice; --measure prints the table of docs/excel.md instead. Ends with status 3 where Windows cannot
# be set up here.
set -euo pipefail
here=$(realpath "$(dirname "$0")")
folder=$1
shift
exec "$here/../matrix/debian_13.sh" "$folder" tests/windows/in_debian.sh "$@"
