#!/bin/sh
# Makes action.zip: the action and its libraries, as `dotnet publish` would lay them out. Compiler and libraries are an SDK's.
set -e
cd "$(dirname "$0")"
program=$(command -v dotnet || echo /opt/dotnet/dotnet)
root=${MERINGUE_DOTNET:-${DOTNET_ROOT:-$(dirname "$(readlink -f "$program")")}}
sdk=$(dirname "$(ls "$root"/sdk/*/NuGet.Versioning.dll | tail -n 1)")
framework=$(ls -d "$root"/shared/Microsoft.NETCore.App/* | tail -n 1)
rm -rf package action.zip
mkdir package
cp "$sdk/NuGet.Versioning.dll" "$sdk/Newtonsoft.Json.dll" package/
references=$(ls "$framework"/System*.dll "$framework"/netstandard.dll package/*.dll | grep -v Native | sed 's/^/-reference:/')
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
"$root/dotnet" exec --roll-forward Major "$sdk/Roslyn/bincore/csc.dll" -nologo -noconfig -nostdlib -target:library \
  -out:package/VersionRange.dll $references VersionRange.cs
(cd package && zip -qr ../action.zip .)
rm -rf package
