#!/bin/sh
# Makes action.zip: the action and the modules that it imports, as source.
set -e
cd "$(dirname "$0")"
rm -rf action.zip vendor
GOTOOLCHAIN=local go mod vendor
zip --quiet --recurse-paths action.zip go.mod go.sum main.go vendor
