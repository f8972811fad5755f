import { findInterpreter, type Interpreter } from "./find-interpreter.ts";

/** What the launcher calls, as Composer names it. Debian's php-cli has all of them. */
const PROBE = `echo PHP_VERSION;
foreach (["ffi", "json", "pcntl", "zlib"] as $name) if (!extension_loaded($name)) echo " ext-", $name;`;

/** @returns a string that says why there is none. */
export function findPhp(): Promise<Interpreter | string> {
  const probe = ["-d", "display_errors=0", "-d", "log_errors=0", "-r", PROBE];
  return findInterpreter({ name: "PHP", places: ["/usr/bin/php", "/usr/local/bin/php"], probe, oldest: "8.1" });
}
