import { hash, randomBytes } from "node:crypto";
import { Unauthorized } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import { messages } from "../domain/messages.ts";
import type { EntityName } from "../domain/names.ts";
import { type ChangeFeed, touches } from "../ports/change-feed.ts";
import type { SubjectStore } from "../ports/subject-store.ts";
import { boundedMap } from "./bounded-map.ts";

/** Where a request came in: on the public address, or on the one that only containers reach. */
export type Caller =
  | { readonly via: "public" }
  | {
      readonly via: "container";
      /** Whose activation the calling container runs; undefined when that cannot be told. */
      readonly namespace: string | undefined;
    };

/** Tells who calls. */
export interface Authenticator {
  /**
   * @param authorization value of the `Authorization` header.
   * @returns the identity: at once when the header is known, else a promise.
   * @throws Unauthorized (also as a rejection) when there is no header, or no key behind it that counts here.
   */
  authenticate(authorization: string | undefined, caller: Caller): Identity | Promise<Identity>;
  /** Whether something has changed since an identity was found: then it must be found again before it counts. */
  isStale(identity: Identity): boolean;
  /** Stops following the change feed. */
  close(): void;
}

export interface AuthenticatorOptions {
  readonly subjects: SubjectStore;
  readonly changes: ChangeFeed;
  /** Uuids of keys that everybody knows: they count only on the public address, and for a container's own namespace. */
  readonly wellKnownUuids: ReadonlySet<string>;
  /** False when strangers reach the public address: then well-known keys count nowhere. */
  readonly wellKnownAllowed: boolean;
  /** How many headers are remembered at most. */
  readonly maxCached?: number;
}

/** Characters of a secret: any other length is no key. */
const KEY_LENGTH = 64;

/**
 * An authenticator in front of a subject store. Headers that were good once are remembered by a salted digest, never as
 * text, so that looking one up takes the same time whatever part of it is right. A change of a subject or of a
 * namespace's limits makes it forget at once.
 */
export function authenticator(options: AuthenticatorOptions): Authenticator {
  const { subjects, changes, wellKnownUuids, wellKnownAllowed, maxCached = 10_000 } = options;
  const salt = randomBytes(32).toString("base64");
  const known = boundedMap<Identity>(maxCached);
  const stale = new WeakSet<Identity>();
  let generation = 0;
  const stop = changes.subscribe((change) => {
    if (change.kind === "entity") return;
    generation++;
    for (const [digest, identity] of [...known.entries()]) {
      if (!touches(change, identity)) continue;
      known.delete(digest);
      stale.add(identity);
    }
  });

  function admit(identity: Identity, caller: Caller): Identity {
    if (!wellKnownUuids.has(identity.namespace.uuid)) return identity;
    if (!wellKnownAllowed) throw invalid();
    if (caller.via === "container" && caller.namespace !== identity.namespace.name) throw invalid();
    return identity;
  }

  async function find(authorization: string, digest: string): Promise<Identity> {
    const credentials = parseBasic(authorization);
    if (credentials === undefined) throw invalid();
    const before = generation;
    const owner = await subjects.findByKey(credentials.uuid, credentials.key);
    if (owner === undefined) throw invalid();
    const identity: Identity = {
      subject: owner.subject.subject,
      namespace: { name: owner.namespace as EntityName, uuid: credentials.uuid },
      authKey: `${credentials.uuid}:${credentials.key}`,
      limits: (await subjects.getLimits(owner.namespace)) ?? {},
    };
    // What was read before a change must not be remembered after it.
    if (before === generation) known.set(digest, identity, 1);
    else stale.add(identity);
    return identity;
  }

  return {
    authenticate(authorization, caller) {
      if (authorization === undefined || authorization === "") throw missing();
      const digest = hash("sha256", salt + authorization, "base64");
      const identity = known.get(digest);
      if (identity !== undefined) return admit(identity, caller);
      return find(authorization, digest).then((found) => admit(found, caller));
    },
    isStale: (identity) => stale.has(identity),
    close: stop,
  };
}

/** @returns undefined for anything but Basic credentials with a secret of the right length. */
export function parseBasic(authorization: string): { readonly uuid: string; readonly key: string } | undefined {
  const token = /^basic +([A-Za-z0-9+/_=-]+) *$/i.exec(authorization)?.[1];
  if (token === undefined) return undefined;
  const text = Buffer.from(token, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon <= 0) return undefined;
  const key = text.slice(colon + 1);
  return key.length === KEY_LENGTH ? { uuid: text.slice(0, colon), key } : undefined;
}

function missing(): Unauthorized {
  return new Unauthorized(messages.authenticationMissing, {
    rejection: true,
  });
}

function invalid(): Unauthorized {
  return new Unauthorized(messages.authenticationInvalid, { rejection: true });
}
