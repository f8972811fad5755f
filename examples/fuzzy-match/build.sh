#!/bin/sh
# Makes action.jar: the action and its libraries in one jar.
set -e
cd "$(dirname "$0")"
mvn --quiet --batch-mode package
cp target/action.jar .
