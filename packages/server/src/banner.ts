import type { ContainerRuntime } from "@meringue/core";
import type { SeededAccounts } from "./well-known-keys.ts";

export interface BannerFacts {
  readonly version: string;
  /** `http://HOST:PORT`. */
  readonly url: string;
  readonly dataDir: string;
  readonly memoryMb: number;
  readonly runtimes: readonly ContainerRuntime[];
  /** One fact a line, such as which kinds run on which interpreter. */
  readonly notes: readonly string[];
  readonly accounts: SeededAccounts;
}

const RED = "\u001b[31m";
const PLAIN = "\u001b[0m";

/** What a person reads when the server has started. The last line, `ready: …`, is also for programs. */
export function banner(facts: BannerFacts, colour: boolean): string {
  const { accounts, url } = facts;
  const red = (text: string): string => (colour ? `${RED}${text}${PLAIN}` : text);
  const lines = [`meringue ${facts.version}`, `  data: ${facts.dataDir}`, `  memory for actions: ${facts.memoryMb} MB`];
  for (const { name, isolation } of facts.runtimes) {
    const level = `  containers: ${name} (isolation: ${isolation.level})`;
    lines.push(isolation.level === "none" ? red(level) : level);
    lines.push(...isolation.lines.map((line) => `    ${isolation.level === "none" ? red(line) : line}`));
  }
  lines.push(...facts.notes.map((note) => `  ${note}`));
  for (const { name, authKey } of accounts.fresh) lines.push(`  new key of ${name}, shown this once: ${authKey}`);
  lines.push(
    `wsk property set --apihost ${url}`,
    `wsk property set --auth ${accounts.guestKey ?? guestHint(facts)}`,
    `ready: ${url}`,
  );
  return `${lines.join("\n")}\n`;
}

/** Where the key is not for everybody's eyes: how to ask for it. */
function guestHint({ accounts, dataDir }: BannerFacts): string {
  const fresh = accounts.fresh.find(({ name }) => name === "guest");
  return fresh?.authKey ?? `"$(npm run -s meringue -- admin --data-dir '${dataDir}' user get guest)"`;
}
