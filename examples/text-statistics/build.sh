#!/bin/sh
# Makes action.zip: the action and the crate that it uses, as source. serde is there already.
set -e
cd "$(dirname "$0")"
rm -rf action.zip vendor
mkdir vendor
crate=unicode-segmentation-1.10.1
curl --silent --show-error --fail --location --output vendor/crate.tar.gz \
  "https://static.crates.io/crates/unicode-segmentation/$crate.crate"
echo "1dd624098567895118886609431a7c3b8f516e41d30e0643f03d94592a147e36  vendor/crate.tar.gz" | sha256sum --check --quiet
tar -xzf vendor/crate.tar.gz -C vendor
rm vendor/crate.tar.gz
zip --quiet --recurse-paths action.zip Cargo.toml src vendor
