import type { ActivationJournal, ActivationMessage, ActivationStore, SubjectStore } from "@meringue/core";
import { describe, test } from "vitest";
import { aMessage, anActivation } from "./activation-builders.ts";
import { aSubject, identityOf } from "./identity-builders.ts";

/** A journal with the stores around it, as one process sees them. */
export interface JournalWorld {
  readonly journal: ActivationJournal;
  readonly activations: ActivationStore;
  readonly subjects: SubjectStore;
  /** What the next process finds after this one has ended. This world must not be used any more. */
  reopen(): Promise<JournalWorld>;
}

type MakeWorld = () => Promise<JournalWorld>;

/**
 * The contract of {@link ActivationJournal}: each adapter's test file calls this with its own maker of empty worlds.
 */
export function activationJournalContract(name: string, make: MakeWorld): void {
  describe(`${name} as an activation journal`, () => {
    recoveryContract(make);
    settlingContract(make);
  });
}

/** Makes messages on behalf of a subject that the world knows. */
async function messenger(world: JournalWorld): Promise<(over?: Partial<ActivationMessage>) => ActivationMessage> {
  const subject = aSubject();
  await world.subjects.put(subject);
  return (over = {}) => aMessage({ user: identityOf(subject), ...over });
}

const recordOf = (message: ActivationMessage) =>
  anActivation({ activationId: message.activationId, namespace: message.user.namespace.name });

function recoveryContract(make: MakeWorld): void {
  test("a journal that nobody wrote has nothing unsettled", async ({ expect }) => {
    const world = await make();

    expect(await world.journal.unsettled()).toEqual([]);
    expect(await (await world.reopen()).journal.unsettled()).toEqual([]);
  });

  test("what was accepted is told to the next process, whole and oldest first", async ({ expect }) => {
    const world = await make();
    const message = await messenger(world);
    const messages = [1, 2, 3].map((received) =>
      message({
        received,
        args: { received, text: "\u0000 é 漢" },
        initArgs: ["a"],
        lockedArgs: { text: "aes-256" },
        cause: "c".repeat(32),
        enclosing: true,
      }),
    );
    for (const each of messages) await world.journal.accept(each, false);

    expect(await (await world.reopen()).journal.unsettled()).toEqual(
      messages.map((each) => ({ message: each, started: false })),
    );
  });

  test("what this process accepted is no business of its own recovery", async ({ expect }) => {
    const world = await make();
    const message = await messenger(world);
    await world.journal.accept(message(), true);

    expect(await world.journal.unsettled()).toEqual([]);
  });

  test("what had been handed to user code is told so", async ({ expect }) => {
    const world = await make();
    const message = await messenger(world);
    const [queued, running] = [message({ received: 1 }), message({ received: 2 })];
    await world.journal.accept(queued, true);
    const accepted = world.journal.accept(running, false);
    await world.journal.start(running.activationId);
    await accepted;

    expect(await (await world.reopen()).journal.unsettled()).toEqual([
      { message: queued, started: false },
      { message: running, started: true },
    ]);
  });

  test("what one process did not get to, the process after it finds again", async ({ expect }) => {
    const world = await make();
    const message = (await messenger(world))();
    await world.journal.accept(message, true);
    const second = await world.reopen();
    await second.journal.start(message.activationId);

    expect(await (await second.reopen()).journal.unsettled()).toEqual([{ message, started: true }]);
  });

  test("what is accepted again after a restart is told once, and stays unsettled until it has its record", async ({
    expect,
  }) => {
    const world = await make();
    const message = (await messenger(world))();
    await world.journal.accept(message, true);
    const second = await world.reopen();
    await second.journal.accept(message, true);
    expect(await second.journal.unsettled()).toEqual([{ message, started: false }]);

    const third = await second.reopen();
    expect(await third.journal.unsettled()).toEqual([{ message, started: false }]);
    await third.activations.put(recordOf(message));
    expect(await third.journal.unsettled()).toEqual([]);
  });
}

function settlingContract(make: MakeWorld): void {
  test("what was not accepted, or has ended, cannot be started", async ({ expect }) => {
    const world = await make();
    const aMessage = await messenger(world);
    const [message, unknown] = [aMessage(), aMessage()];
    await world.journal.accept(message, false);
    await world.journal.settle(message.activationId);
    await expect(world.journal.start(message.activationId)).rejects.toThrow();
    await expect(world.journal.start(unknown.activationId)).rejects.toThrow();
    expect(await (await world.reopen()).journal.unsettled()).toEqual([]);
  });

  test("a record settles what was accepted, before and after a restart", async ({ expect }) => {
    const world = await make();
    const message = await messenger(world);
    const [done, left] = [message({ received: 1 }), message({ received: 2 })];
    for (const each of [done, left]) await world.journal.accept(each, true);
    await world.activations.put(recordOf(done));

    const second = await world.reopen();
    expect((await second.journal.unsettled()).map((each) => each.message)).toEqual([left]);

    await second.activations.put(recordOf(left));
    expect(await second.journal.unsettled()).toEqual([]);
    expect(await (await second.reopen()).journal.unsettled()).toEqual([]);
  });

  test("what ends without a record can be settled by a note", async ({ expect }) => {
    const world = await make();
    const message = await messenger(world);
    const [quiet, left] = [message({ received: 1 }), message({ received: 2 })];
    for (const each of [quiet, left]) await world.journal.accept(each, true);
    await world.journal.settle(quiet.activationId);

    const second = await world.reopen();
    expect((await second.journal.unsettled()).map((each) => each.message)).toEqual([left]);

    await second.journal.settle(left.activationId);
    expect(await second.journal.unsettled()).toEqual([]);
    expect(await (await second.reopen()).journal.unsettled()).toEqual([]);
  });

  test("records of what was never accepted settle nothing and are kept", async ({ expect }) => {
    const world = await make();
    const message = (await messenger(world))();
    await world.journal.accept(message, true);
    const stray = anActivation();
    await world.activations.put(stray);

    const second = await world.reopen();
    expect(await second.journal.unsettled()).toEqual([{ message, started: false }]);
    expect(await second.activations.get("guest", stray.activationId)).toEqual(stray);
  });
}
