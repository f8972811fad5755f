import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** @returns why the libraries of upstream's php images are not on this machine, undefined when they are. */
export function whyNoPhpLibraries(): string | undefined {
  const there = ["GuzzleHttp", "Ramsey/Uuid"].every((name) => existsSync(`/usr/share/php/${name}/autoload.php`));
  return there ? undefined : "guzzle or ramsey/uuid not installed";
}

/** @returns why the gems of upstream's ruby image are not on this machine, undefined when they are. */
export function whyNoGems(ruby: string): string | undefined {
  const probe = "exit %w[activesupport jwt mechanize].all? { |name| Gem::Specification.any? { _1.name == name } }";
  const there = spawnSync(ruby, ["-e", probe]).status === 0;
  return there ? undefined : "activesupport, jwt or mechanize not installed";
}
