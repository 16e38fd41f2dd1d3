#!/usr/bin/env bash
# Runs the tests that need no LibreOffice with the oldest and the newest packages, on each Python that is at hand.
#
#   versions.sh FOLDER [options of pytest]
#
# This system's Pythons, and the 3.13 of the Debian 13 that debian_13.sh makes in FOLDER. The oldest packages (oldest.txt)
# exist for Python 3.11 and 3.12 alone. Each line at the end says what was run; the status is that of the worst.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(realpath --canonicalize-missing "$1")
shift
mkdir -p "$folder"
worst=0
lines=()

# run NAME COMMAND...
run() {
  local status=0 name=$1
  shift
  "$@" || status=$?
  case $status in
    0) lines+=("$name: passed") ;;
    3) lines+=("$name: NOT RUN, it could not be set up") ;;
    *) lines+=("$name: FAILED") && worst=1 ;;
  esac
}

# with_packages PYTHON ENVIRONMENT oldest|newest [options of pytest]
with_packages() {
  local python=$1 environment=$2 packages=(--upgrade --upgrade-strategy=eager)
  [ "$3" = newest ] || packages=(--constraint=tests/oldest.txt)
  shift 3
  "$python" -m venv --clear "$environment" || return 3
  "$environment/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}" --editable '.[test]' || return 3
  "$environment/bin/pip" list --disable-pip-version-check | grep -iE '^(numpy|numba|openpyxl|lxml) '
  "$environment/bin/python" -m pytest -p no:cacheprovider --quiet --numprocesses auto --dist loadfile -m "not slow" \
    --ignore=tests/hosts/calc --ignore=tests/hosts/excel/test_in_calc.py "$@" || return 1
}

for version in 3.11 3.12 3.13 3.14; do
  if ! "python$version" -c "" 2> /dev/null; then
    lines+=("Python $version of this system: NOT RUN, it is not there")
    continue
  fi
  case $version in 3.11 | 3.12) kinds="oldest newest" ;; *) kinds=newest ;; esac
  for kind in $kinds; do
    run "Python $version, $kind packages" with_packages "python$version" "$folder/$version-$kind" "$kind" "$@"
  done
done
export -f with_packages
run "Python 3.13 of Debian 13, newest packages" tests/matrix/debian_13.sh "$folder" bash -c \
  'with_packages python3 /opt/newest newest "$@"' in_debian "$@"

printf '%s\n' "" "${lines[@]}"
exit $worst
