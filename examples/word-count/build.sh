#!/bin/sh
# Makes action.zip: an executable named exec, and nothing else.
set -e
cd "$(dirname "$0")"
rm -f action.zip
zip -q action.zip exec
