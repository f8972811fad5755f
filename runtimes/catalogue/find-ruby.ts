import { type Found, findInterpreters } from "./find-interpreter.ts";

/** Fails where the standard library is missing. */
const PROBE = `require "json"; require "zlib"; print RUBY_VERSION`;

/** Finds Ruby 3 and newer. */
export function findRuby(): Promise<Found> {
  const places = ["/usr/bin/ruby", "/usr/local/bin/ruby", "/usr/{bin,local/bin}/ruby3.?"];
  return findInterpreters({ name: "Ruby", places, probe: ["--disable=gems", "-e", PROBE], oldest: "3.0" });
}
