#!/usr/bin/env bash
# Make the environment in the folder $1, or bring it up to date: the package, editable, with every pinned dependency.
set -euo pipefail
folder=$1

if [ ! -x "$folder/bin/python" ]; then
  for python in python3 python3.13 python3.12 python3.11 none; do
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break
  done
  [ "$python" != none ] || { echo "Python 3.11 or newer is needed; there is none on the PATH." >&2; exit 1; }
  echo "Making the environment $folder with $("$python" --version). It takes a few minutes, once."
  if "$python" -c 'import ensurepip' 2>/dev/null; then
    "$python" -m venv "$folder"
  else # Debian without python3-venv
    "$python" -m venv --without-pip "$folder"
    "$folder/bin/python" -c "import urllib.request as u; u.urlretrieve('https://bootstrap.pypa.io/get-pip.py', '$folder/get-pip.py')"
    "$folder/bin/python" "$folder/get-pip.py" --quiet
  fi
fi
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[torch,book,lab,test]'
