#!/usr/bin/env bash
# Brings a Consul agent for the tests into this folder, as `consul`: Debian 12 has none, Debian 11's package is unpacked and
# not installed. apt checks its signature; its lists are kept apart from the machine's own.
set -euo pipefail
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ -x "$folder/consul" ] && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mirror=$(sed -n 's/^URIs: *//p; s/^deb  *\(\[[^]]*\] *\)\?\(http[^ ]*\) .*/\2/p' /etc/apt/sources.list \
  /etc/apt/sources.list.d/* 2>/dev/null | grep -v security | head -n 1 || true)
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} bullseye main" \
  >"$work/sources.list"
options=(-o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
  -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Check-Valid-Until=false)
apt-get "${options[@]}" -qq update
cd "$work"
apt-get "${options[@]}" -qq download consul
dpkg-deb --fsys-tarfile consul_*.deb | tar -x ./usr/bin/consul
mv usr/bin/consul "$folder/consul"
