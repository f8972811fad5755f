import { anActivation, anIdentity, memoryActivationStore } from "@meringue/testkit";
import { describe, test } from "vitest";
import { Forbidden, NotFound } from "../domain/errors.ts";
import type { EntityName } from "../domain/names.ts";
import { getActivation } from "./get-activation.ts";
import { getActivationLogs } from "./get-activation-logs.ts";

const named = (text: string): EntityName => text as EntityName;
const guest = anIdentity();

describe("the log of an activation", () => {
  test("is what it has printed so far while it runs, and then what its record has", async ({ expect }) => {
    const store = memoryActivationStore();
    const record = anActivation({ logs: ["all"] });
    const { activationId } = record;
    let running: readonly string[] | undefined = ["some"];
    const find = getActivationLogs(getActivation(store), [
      { logsOf: () => undefined },
      { logsOf: (namespace, id) => (namespace === "guest" && id === activationId ? running : undefined) },
    ]);
    expect(await find(guest, named("guest"), activationId)).toEqual(["some"]);

    await store.put(record);
    running = undefined;
    expect(await find(guest, named("guest"), activationId)).toEqual(["all"]);
    await expect(find(guest, named("guest"), anActivation().activationId)).rejects.toThrow(NotFound);
  });

  test("is refused to others before anybody looks whether it runs", async ({ expect }) => {
    const asked: string[] = [];
    const logsOf = (namespace: string): readonly string[] => {
      asked.push(namespace);
      return ["secret"];
    };
    const find = getActivationLogs(getActivation(memoryActivationStore()), [{ logsOf }]);
    await expect(find(guest, named("other"), anActivation().activationId)).rejects.toThrow(Forbidden);

    expect(asked).toEqual([]);
  });
});
