#!/bin/sh
# Makes action.zip: the action with its dependencies.
set -e
cd "$(dirname "$0")"
npm ci --silent --omit=dev
rm -f action.zip
zip -qr action.zip index.js package.json node_modules
