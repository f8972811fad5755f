import {
  type ActivationStore,
  type Entity,
  type EntityStore,
  entityId,
  type StoreContents,
  type SubjectStore,
} from "@meringue/core";
import { describe, test } from "vitest";
import { anActivation } from "./activation-builders.ts";
import { anAction, aPackage, aRule, aTrigger } from "./entity-builders.ts";
import { aSubject } from "./identity-builders.ts";

/** Contents with the stores around them. */
export interface ContentsWorld {
  readonly contents: StoreContents;
  readonly entities: EntityStore;
  readonly subjects: SubjectStore;
  readonly activations: ActivationStore;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const byId = (a: { readonly entity: Entity }, b: { readonly entity: Entity }) =>
  entityId(a.entity) < entityId(b.entity) ? -1 : 1;

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** The contract of {@link StoreContents}: each adapter's test file calls this with its own maker of empty worlds. */
export function storeContentsContract(name: string, make: () => Promise<ContentsWorld>): void {
  describe(`${name} as contents to copy`, () => {
    test("an empty store holds nothing", async ({ expect }) => {
      const { contents } = await make();

      expect(await all(contents.subjects())).toEqual([]);
      expect(await all(contents.limits())).toEqual([]);
      expect(await all(contents.entities())).toEqual([]);
      expect(await all(contents.activations())).toEqual([]);
    });

    test("every entity is told once, with its code", async ({ expect }) => {
      const { contents, entities } = await make();
      const action = anAction({ namespace: "guest/pkg" });
      for (const each of [aPackage(), aTrigger(), aRule()]) await entities.put(each, undefined, "none");
      const { rev } = await entities.put(action, undefined, { bytes: bytes("one") });
      await entities.put(action, rev, { bytes: bytes("two") });
      const other = anAction({ namespace: "other" });
      await entities.put(other, undefined, { bytes: bytes("x".repeat(50_000)) });

      const found = (await all(contents.entities())).map(({ entity, code }) => ({
        entity,
        code: code && Buffer.from(code).toString(),
      }));

      const bare = [aPackage(), aTrigger(), aRule()].map((entity) => ({ entity, code: undefined }));
      const expected = [...bare, { entity: action, code: "two" }, { entity: other, code: "x".repeat(50_000) }];
      expect(found.sort(byId)).toEqual(expected.sort(byId));
    });

    test("accounts and limits are told apart, blocked ones and such without a namespace too", async ({ expect }) => {
      const { contents, subjects } = await make();
      const accounts = [
        aSubject({ subject: "blocked", blocked: true }),
        aSubject({ subject: "empty", namespaces: [] }),
        aSubject(),
      ];
      for (const each of accounts) await subjects.put(each);
      await subjects.putLimits("guest", { firesPerMinute: 5 });

      const found = await all(contents.subjects());
      expect(found.sort((a, b) => (a.subject < b.subject ? -1 : 1))).toEqual(accounts);
      expect(await all(contents.limits())).toEqual([{ namespace: "guest", limits: { firesPerMinute: 5 } }]);
    });

    test("records are told whole, more than a page of them too", async ({ expect }) => {
      const { contents, activations } = await make();
      const records = Array.from({ length: 230 }, (_, i) => anActivation({ start: i, logs: [`line ${i}`] }));
      await Promise.all(records.map((record) => activations.put(record)));

      const found = await all(contents.activations());

      expect(found.sort((a, b) => a.start - b.start)).toEqual(records);
    });
  });
}
