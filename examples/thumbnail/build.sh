#!/bin/sh
# Makes action.zip: the action with its dependencies beside it. The wheels must be for the Python that runs it.
set -e
cd "$(dirname "$0")"
rm -rf package action.zip
"${PYTHON:-python3}" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
  --only-binary :all: --target package -r requirements.txt
cp __main__.py package
(cd package && zip -qr ../action.zip . -x '*/__pycache__/*')
rm -rf package
