import { gunzipSync, gzipSync } from "node:zlib";
import { tarGz } from "./archives.ts";

/** A gem with one file, as `gem build` would make it. */
export function gem(name: string, version: string, code: string): Uint8Array {
  const specification = `--- !ruby/object:Gem::Specification
name: ${name}
version: !ruby/object:Gem::Version
  version: ${version}
platform: ruby
authors: [nobody]
date: 2024-01-01 00:00:00.000000000 Z
dependencies: []
files: [lib/${name}.rb]
require_paths: [lib]
required_ruby_version: !ruby/object:Gem::Requirement
  requirements: [[">=", !ruby/object:Gem::Version {version: '0'}]]
required_rubygems_version: !ruby/object:Gem::Requirement
  requirements: [[">=", !ruby/object:Gem::Version {version: '0'}]]
rubygems_version: 3.3.15
specification_version: 4
summary: a gem
`;
  const data = Buffer.from(tarGz({ [`lib/${name}.rb`]: code }), "base64");
  const whole = tarGz({ "metadata.gz": gzipSync(specification), "data.tar.gz": data });
  return gunzipSync(Buffer.from(whole, "base64")); // a gem is a tar that is not zipped
}
