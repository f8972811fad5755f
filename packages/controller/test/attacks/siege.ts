import type { Action, Entity, EntityName, Json, Subject } from "@meringue/core";
import { anAction, anActivation, aPackage, aRule, aTrigger } from "@meringue/testkit";
import { describe, expect, test } from "vitest";
import { type Answer, call } from "../call.ts";
import { action, conductor, named, sequence } from "../programs.ts";
import { basic, startWorld, type World } from "../world.ts";

/** Is in all that the victim keeps to itself: no answer to the attacker may have it. */
export const SECRET = "S3CRET";
/** The id of an activation of the victim. */
export const VICTIMS_ID = "a".repeat(32);

const told = [{ key: "secret", value: SECRET }];
const private_: Partial<Action> = { parameters: told, annotations: told };

/** Two subjects on one server: `guest` attacks, and `other` has what is worth it. */
export interface Siege {
  readonly world: World;
  /** A request of the attacker's. A path that begins with a slash is below `/api/v1/namespaces`. */
  attack(method: string, path: string, body?: Json, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** A request of the victim's. */
  defend(method: string, path: string, body?: Json): Promise<Answer>;
  /** Changes one of the two accounts, as an operator does: the server hears of it at once. */
  account(of: "guest" | "other", change: (subject: Subject) => Subject): Promise<void>;
  /** All that the victim has, as text. */
  treasure(): Promise<string>;
  close(): Promise<void>;
}

/** What the victim has: all of it private but the package `shop`. */
export const TREASURE: readonly Entity[] = [
  action("other/hidden", private_),
  aPackage({ namespace: "other", name: named("vault"), parameters: told, annotations: told }),
  action("other/vault/hidden", private_),
  action("other/vault/feed", { ...private_, annotations: [...told, { key: "feed", value: true }] }),
  sequence("other/line", ["/other/hidden"]),
  aTrigger({ namespace: "other", name: named("bell"), parameters: told, annotations: told }),
  aRule({
    namespace: "other",
    name: named("ring"),
    annotations: told,
    trigger: { path: "other", name: "bell" },
    action: { path: "other", name: "hidden" },
  }),
  aPackage({ namespace: "other", name: named("shop"), publish: true }),
  action("other/shop/goods"),
  action("other/shop/feed", { annotations: [{ key: "feed", value: true }] }),
  sequence("other/shop/line", ["/other/vault/hidden"]),
  conductor("other/shop/lead"),
  aPackage({
    namespace: "other",
    name: named("lent"),
    publish: true,
    binding: { namespace: named("other"), name: named("vault") },
  }),
  // Names that are nearly those: a pattern in a query would find them, too.
  aPackage({ namespace: "other", name: named("shop2"), parameters: told }),
  action("other/shop2/hidden", private_),
  action("other/sho_/hidden", private_),
  action("guest2/hidden", private_),
  aPackage({ namespace: "guest2", name: named("vault"), parameters: told }),
  aTrigger({ namespace: "guest2", name: named("bell"), parameters: told }),
];

/** What the attacker has to begin with. */
const TOOLS: readonly Entity[] = [
  anAction({ name: named("own") }),
  aTrigger({ name: named("poke") }),
  aPackage({ name: named("bound"), binding: { namespace: named("other"), name: named("shop") } }),
];

/** Starts both, with {@link TREASURE} and what the attacker needs. The code of the victim's actions is secret, too. */
export async function besiege(): Promise<Siege> {
  const world = await startWorld();
  await world.store(...TREASURE, ...TOOLS);
  const record = anActivation({ namespace: "other", activationId: VICTIMS_ID, name: named("hidden"), logs: [SECRET] });
  await world.deps.activations.put({ ...record, response: { statusCode: 0, result: { SECRET } } });
  const request = (who: "guest" | "other") => (method: string, path: string, body?: Json, headers?: object) => {
    const all = { Authorization: basic(world[who]), ...headers };
    const url = path.startsWith("//") ? path.slice(1) : `/api/v1/namespaces${path}`;
    return call(world.url, url, { method, headers: all, body });
  };
  return {
    world,
    attack: request("guest"),
    defend: request("other"),
    async account(of, change) {
      const { subject } = world[of];
      const known = await world.subjects.get(subject);
      if (known === undefined) throw new Error(`There is no subject ${subject}.`);
      await world.subjects.put(change(known));
      world.changes.publish({ kind: "subject", subject });
    },
    async treasure() {
      const all = { skip: 0, limit: 10_000 };
      const types = ["action", "package", "trigger", "rule"] as const;
      const paths = ["other", "other/vault", "other/shop", "guest2"];
      const found = await Promise.all(
        types.flatMap((type) => paths.map((path) => world.entities.list({ type, path }, all))),
      );
      const records = await world.deps.activations.list({ namespace: "other" as EntityName }, all, "whole");
      return JSON.stringify([found, records]);
    },
    close: () => world.close(),
  };
}

/** One attack. */
export interface Attack {
  readonly name: string;
  /** What was done before, by either. */
  readonly before?: (siege: Siege) => unknown;
  readonly method: string;
  readonly path: string;
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
  /** What it is answered with: a refusal, or 200 for what is harmless. */
  readonly status: number;
  readonly error?: string;
  /** How often anything may run; never, unless told. */
  readonly runs?: number;
  readonly after?: (answer: Answer, siege: Siege) => unknown;
}

/**
 * Runs attacks, each on a server of its own. Whatever it is answered with, the answer has nothing of the victim's, the
 * victim has what it had, and nothing has run.
 */
export function attacks(title: string, rows: readonly Attack[]): void {
  describe(title, () => {
    test.each(rows)("$name", async (row) => {
      const siege = await besiege();
      try {
        await row.before?.(siege);
        const before = await siege.treasure();
        siege.world.dispatcher.messages.length = 0;
        const answer = await siege.attack(row.method, row.path, row.body, row.headers);
        expect(answer.text).not.toContain(SECRET);
        expect([answer.status, answer.json?.["error"] ?? answer.text]).toEqual([
          row.status,
          row.error ?? expect.any(String),
        ]);
        expect(await siege.treasure()).toBe(before);
        expect(siege.world.dispatcher.messages).toHaveLength(row.runs ?? 0);
        await row.after?.(answer, siege);
      } finally {
        await siege.close();
      }
    });
  });
}

/** The refusal that names what may not be touched. */
export function noAccess(...resources: readonly string[]): string {
  return `The supplied authentication is not authorized to access '${resources.join(", ")}'.`;
}

/** An attack once for each variant. */
export function each<T>(variants: readonly T[], row: (variant: T) => Attack): Attack[] {
  return variants.map(row);
}
