#!/usr/bin/env bash
# Runs the tests on Windows' own Python, under Wine:  run.sh FOLDER [options of pytest | --measure]
#
# FOLDER holds the Debian that tests/matrix/debian_13.sh makes, with Wine and a Windows in it. Without options all runs
# that needs no LibreOffice; --measure prints the table of docs/excel.md instead. Ends with status 3 where Windows cannot
# be set up here, and with 1 after GRADSHEET_WINDOWS_LIMIT, an hour where nothing else is said.
set -euo pipefail
here=$(realpath "$(dirname "$0")")
folder=$1 limit=${GRADSHEET_WINDOWS_LIMIT:-60m}
shift
# KILL alone ends what debian_13.sh becomes, and all that it has started ends with it.
status=0
timeout --foreground --signal=KILL "$limit" \
  "$here/../matrix/debian_13.sh" "$folder" tests/windows/in_debian.sh "$@" || status=$?
if [ "$status" = 137 ]; then
  echo "The tests on Windows were ended after $limit: a busy machine needs more (GRADSHEET_WINDOWS_LIMIT=3h), or Wine hangs." >&2
  exit 1
fi
exit "$status"
