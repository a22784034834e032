#!/usr/bin/env bash
# Bring the environment in the folder $1 up to date, or make it. $2 says for what: "book" takes what builds the pages, every file
# checked by its hash; "test" adds torch, JupyterLab and the tools of the tests.
set -euo pipefail
folder=$1 purpose=$2

if [ ! -x "$folder/bin/python" ]; then
  for python in python3 python3.13 python3.12 python3.11 none; do
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break
  done
  [ "$python" != none ] || { echo "Python 3.11 or newer is needed; there is none on the PATH." >&2; exit 1; }
  "$python" -c 'import ensurepip, venv' 2>/dev/null || {
    echo "$python cannot make environments: install the package python3-venv (apt install python3-venv) and call make again." >&2
    exit 1
  }
  echo "Making the environment $folder with $("$python" --version). It takes a few minutes, once."
  "$python" -m venv "$folder"
fi

install() { "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }
case $purpose in
  book) install --require-hashes -r requirements.lock && install --no-deps -e . ;;
  test) install -c constraints.txt -r requirements-torch.txt -e '.[torch,book,lab,test]' ;;
  *) echo "The purpose must be book or test, got $purpose" >&2; exit 1 ;;
esac
