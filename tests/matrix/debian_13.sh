#!/usr/bin/env bash
# Runs a command on Debian 13, in a folder of its own: LibreOffice 25.2, Python 3.13 and Wine 10, beside the system's.
#
#   debian_13.sh FOLDER COMMAND...
#
# FOLDER is made of Debian's packages where it is not there, or where a list of them has changed since. The command has it
# as its whole disk, with this project at /gradsheet, where it begins. What it leaves running ends with it, and so do the
# mounts. Needs root, apt and mmdebstrap. Ends with status 3 where that cannot be done here, else with the command's.
set -euo pipefail
here=$(realpath "$(dirname "$0")")
wanted=$(cat "$here/packages.txt" "$here/../windows/packages.txt")
folder=$(realpath --canonicalize-missing "$1")/debian-13
shift

make_folder() {
  local mirror packages
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' | head --lines=1)
  packages=${wanted//$'\n'/,}
  rm -rf "$folder"
  mkdir -p "$folder"
  mmdebstrap --quiet --variant=minbase --include="ca-certificates,python3-venv,$packages" \
    trixie "$folder/root" "$mirror" || return
  echo "$wanted" > "$folder/made"
}

unshare --mount true || exit 3
[ "$wanted" = "$(cat "$folder/made" 2>/dev/null)" ] || make_folder || exit 3
mkdir -p "$folder/root/gradsheet"
exec unshare --mount --pid --fork --kill-child bash -euc '
  root=$1 project=$2
  shift 2
  mount --types proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount --rbind /sys "$root/sys"
  mount --bind "$project" "$root/gradsheet"
  # As this machine reaches its package registries.
  mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
  mount --bind /etc/ssl/certs "$root/etc/ssl/certs"
  # No exec: the first process must be one that waits for what others leave behind.
  status=0
  chroot "$root" env --unset=PIP_FIND_LINKS --chdir=/gradsheet HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@" ||
    status=$?
  exit "$status"
' in_the_folder "$folder/root" "$(dirname "$(dirname "$here")")" "$@"
