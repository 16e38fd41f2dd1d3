#!/usr/bin/env bash
# The part of run.sh that is in Debian 13: sets up Windows for an unprivileged user, and runs the tests there.
set -euo pipefail
export WINEPREFIX=/opt/windows/prefix WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES=mscoree,mshtml=
export XDG_RUNTIME_DIR=/opt/windows LANG=C.UTF-8
# Windows takes the name from here, and makes its folders with it: a space, an umlaut, an apostrophe.
user="Zoë O'Brien"
disk=$WINEPREFIX/drive_c

# Compiled kernels stay for the next run, where uninstalling does not take them away.
in_windows() {
  setpriv --reuid=1000 --regid=1000 --clear-groups env HOME=/opt/windows 'GRADSHEET_CACHE_DIR=C:\kernels' "$@"
}

# A function behind "||" goes on after a failure, so each line says what follows one.
set_up() {
  grep --quiet "^$user:" /etc/passwd || echo "$user:x:1000:1000::/opt/windows:/bin/sh" >> /etc/passwd || return
  [ -x /opt/gradsheet/bin/python ] || python3 -m venv /opt/gradsheet || return
  install --directory --owner=1000 --group=1000 /opt/windows || return
  [ -d "$disk" ] || in_windows wineboot --init || return
  /opt/gradsheet/bin/python tests/windows/set_up.py "$disk" "$user" /opt/windows/wheels || return
  chown --recursive 1000:1000 "$disk" || return
  # Its own pip makes the program gradsheet.exe.
  in_windows wine "C:\\users\\$user\\AppData\\Local\\gradsheet\\venv\\Scripts\\python.exe" -m pip --quiet install \
    --no-index --no-deps --force-reinstall --no-warn-script-location /opt/windows/wheels/gradsheet-*.whl
}

# Two at once would share a Windows.
mkdir -p /opt/windows
exec 9> /opt/windows/lock
flock 9
set_up < /dev/null || exit 3
cd "$disk/gradsheet"
module=tests.windows.run
[ "${1:-}" != --measure ] || { module=tests.windows.measure && shift; }
in_windows wine 'C:\Python313\python.exe' -m "$module" "$@" < /dev/null || exit 1
