import { type Found, findInterpreters } from "./find-interpreter.ts";

/** What the launcher calls, as Composer names it. Debian's php-cli has all of them. */
const PROBE = `echo PHP_VERSION;
foreach (["ffi", "json", "pcntl", "zlib"] as $name) if (!extension_loaded($name)) echo " ext-", $name;`;

/** Finds PHP 8.1 and newer. */
export function findPhp(): Promise<Found> {
  const probe = ["-d", "display_errors=0", "-d", "log_errors=0", "-r", PROBE];
  const places = ["/usr/bin/php", "/usr/local/bin/php", "/usr/{bin,local/bin}/php8.?"];
  return findInterpreters({ name: "PHP", places, probe, oldest: "8.1" });
}
