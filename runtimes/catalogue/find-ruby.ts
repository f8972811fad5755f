import { findInterpreter, type Interpreter } from "./find-interpreter.ts";

/** Fails where the standard library is missing. */
const PROBE = `require "json"; require "zlib"; print RUBY_VERSION`;

/** @returns a string that says why there is none. */
export function findRuby(): Promise<Interpreter | string> {
  return findInterpreter({
    name: "Ruby",
    places: ["/usr/bin/ruby", "/usr/local/bin/ruby"],
    probe: ["--disable=gems", "-e", PROBE],
    oldest: "3.0",
  });
}
