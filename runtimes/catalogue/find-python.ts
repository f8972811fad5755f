import { type Found, findInterpreters } from "./find-interpreter.ts";

/** Fails where the standard library is missing (Debian's python3-minimal). */
const PROBE = "import sys, json; print('%d.%d.%d' % sys.version_info[:3])";

/** Home folders are not shown in a sandbox, so a Python of pyenv's is of no use. */
export function findPython(): Promise<Found> {
  const places = ["/usr/bin/python3", "/usr/local/bin/python3", "/usr/{bin,local/bin}/python3.{?,??}"];
  return findInterpreters({ name: "Python", places, probe: ["-I", "-c", PROBE], oldest: "3.9" });
}
