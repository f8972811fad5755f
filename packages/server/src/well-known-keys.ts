import { isIP } from "node:net";
import { type NamespaceKey, parseEntityName, type SubjectStore } from "@meringue/core";
import { newKeyPair } from "./admin/auth-key.ts";

/** The accounts of upstream's standalone server, whose keys everybody knows. */
const WELL_KNOWN = [
  {
    name: "guest",
    uuid: "23bc46b1-71f6-4ed5-8c54-816aa4f8c502",
    key: "123zO3xZCLrMN6v2BKK1dXYFpXlPkccOFqm12CdAsMgRU4VrNZ9lyGVCGuMDGIwP",
  },
  {
    name: "whisk.system",
    uuid: "789c46b1-71f6-4ed5-8c54-816aa4f8c502",
    key: "abczO3xZCLrMN6v2BKK1dXYFpXlPkccOFqm12CdAsMgRU4VrNZ9lyGVCGuMDGIwP",
  },
] as const;

/** Uuids of the well-known keys. */
export const WELL_KNOWN_UUIDS: ReadonlySet<string> = new Set(WELL_KNOWN.map(({ uuid }) => uuid));

/** @returns the namespace of a well-known key; undefined for any other. */
export function wellKnownNamespace(uuid: string): string | undefined {
  return WELL_KNOWN.find((account) => account.uuid === uuid)?.name;
}

/** What the first start printed, and who it printed it for. */
export interface SeededAccounts {
  /** Keys that were made now and are shown this once, as `namespace uuid:key`. */
  readonly fresh: readonly { readonly name: string; readonly authKey: string }[];
  /** `uuid:key` of guest, if it may be told to everybody who can read the start-up lines. */
  readonly guestKey: string | undefined;
}

/**
 * Makes the accounts `guest` and `whisk.system` where they are missing. A server that only this machine reaches gets the
 * well-known keys; any other gets new ones, and a well-known key that an earlier start stored is replaced.
 */
export async function seedAccounts(subjects: SubjectStore, loopbackOnly: boolean): Promise<SeededAccounts> {
  const fresh: { name: string; authKey: string }[] = [];
  let guestKey: string | undefined;
  for (const account of WELL_KNOWN) {
    const current = await subjects.get(account.name);
    const own = current?.namespaces.find(({ name }) => name === account.name);
    const isWellKnown = own !== undefined && WELL_KNOWN_UUIDS.has(own.uuid);
    const keep = own !== undefined && (loopbackOnly || !isWellKnown);
    const key = keep ? own : newKey(account, loopbackOnly);
    if (!keep) {
      const others = current?.namespaces.filter(({ name }) => name !== account.name) ?? [];
      await subjects.put({ subject: account.name, namespaces: [...others, key], blocked: current?.blocked ?? false });
      if (!loopbackOnly) fresh.push({ name: account.name, authKey: `${key.uuid}:${key.key}` });
    }
    if (account.name === "guest" && WELL_KNOWN_UUIDS.has(key.uuid)) guestKey = `${key.uuid}:${key.key}`;
  }
  return { fresh, guestKey };
}

function newKey(account: (typeof WELL_KNOWN)[number], wellKnown: boolean): NamespaceKey {
  const pair = wellKnown ? { uuid: account.uuid, key: account.key } : newKeyPair();
  return { name: parseEntityName(account.name), ...pair };
}

/** Whether nobody but this machine can reach a server that listens on `host`. */
export function isLoopback(host: string): boolean {
  if (host === "localhost" || host === "::1") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}
