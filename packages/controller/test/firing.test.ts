import { anAction, aTrigger } from "@meringue/testkit";
import { afterEach, describe, expect, test } from "vitest";
import { ask } from "./ask.ts";
import { startWorld, type World } from "./world.ts";

const open: World[] = [];
async function world(...args: Parameters<typeof startWorld>): Promise<World> {
  const made = await startWorld(...args);
  open.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/** A trigger with fifty active rules for as many actions. */
async function fifty(w: World): Promise<void> {
  const names = Array.from({ length: 50 }, (_, index) => `a${index}`);
  const rules = names.map(
    (name) => [`guest/r-${name}`, { action: { path: "guest", name }, status: "active" }] as const,
  );
  await w.store(
    ...names.map((name) => anAction({ name: name as never })),
    aTrigger({ rules: Object.fromEntries(rules) }),
  );
}

describe("firing", () => {
  test("hands all actions over in one go, and answers when all are accepted", async () => {
    const accepted = Promise.withResolvers<void>();
    const handed: string[] = [];
    const all = Promise.withResolvers<void>();
    const w = await world({
      dispatcher: {
        async dispatch({ activationId }) {
          if (handed.push(activationId) === 50) all.resolve();
          await accepted.promise;
          return { result: new Promise(() => undefined) };
        },
      },
    });
    await fifty(w);
    let answered = false;
    const answer = ask(w, "POST", "/triggers/tick").finally(() => {
      answered = true;
    });
    await all.promise;
    // One more whole request: what could have been answered has been by now.
    expect((await ask(w, "GET", "/triggers/tick")).status).toBe(200);
    expect(answered).toBe(false);
    expect(await w.deps.activations.count({ namespace: "guest" })).toBe(0);

    accepted.resolve();
    const { status, json } = await answer;
    expect(status).toBe(202);
    const record = await w.deps.activations.get("guest", String(json["activationId"]));
    expect(record?.logs.map((line) => (JSON.parse(line) as { activationId: string }).activationId)).toEqual(handed);
  });

  test("hands fifty actions that are in memory over in one turn of the loop: one group for a journal", async () => {
    const turns = new Set<number>();
    let turn = 0;
    const w = await world({
      dispatcher: {
        async dispatch() {
          turns.add(turn);
          return { result: new Promise(() => undefined) };
        },
      },
    });
    await fifty(w);
    await ask(w, "POST", "/triggers/tick");
    turns.clear();
    let stop = false;
    const count = (): void => {
      turn++;
      if (!stop) setImmediate(count);
    };
    count();
    await ask(w, "POST", "/triggers/tick");
    stop = true;
    expect(turns.size).toBe(1);
  });

  test("whose caller is cut off before the end leaves what was accepted, and the record of it", async () => {
    const w = await world();
    await w.store(
      anAction(),
      aTrigger({ rules: { "guest/r": { action: { path: "guest", name: "hello" }, status: "active" } } }),
    );
    const { dispatch } = w.dispatcher;
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    Object.assign(w.dispatcher, {
      dispatch: async (message: never) => {
        begun.resolve();
        await go.promise;
        return dispatch(message);
      },
    });
    const answered = ask(w, "POST", "/triggers/tick").catch((error: Error) => error);
    await begun.promise;
    w.app.server.closeAllConnections();
    expect(await answered).toBeInstanceOf(Error);
    go.resolve();
    const closed = w.app.close();
    await closed;
    open.length = 0;
    expect(await w.deps.activations.count({ namespace: "guest", name: "tick" })).toBe(1);
  });
});
