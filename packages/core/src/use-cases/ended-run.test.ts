import { anActivation } from "@meringue/testkit";
import { describe, expect, test } from "vitest";
import type { Activation } from "../domain/activation.ts";
import type { Json } from "../domain/json.ts";
import { endedRun } from "./ended-run.ts";

const annotations: Activation["annotations"] = [
  { key: "path", value: "guest/pkg/hello" },
  { key: "kind", value: "nodejs:24" },
  { key: "waitTime", value: 12 },
  { key: "initTime", value: 34 },
  { key: "limits", value: { memory: 256, timeout: 60_000, logs: 10, concurrency: 1 } },
  { key: "causedBy", value: "sequence" },
];
const ending = (result: Json): Activation => anActivation({ annotations, response: { statusCode: 1, result } });

describe("what an event tells of a record", () => {
  test("is in its annotations and its response", () => {
    const activation = anActivation({ annotations, duration: 3, response: { statusCode: 0, result: {}, size: 2 } });
    expect(endedRun(activation)).toEqual({
      name: "guest/pkg/hello",
      activationId: activation.activationId,
      statusCode: 0,
      duration: 3,
      waitTime: 12,
      initTime: 34,
      kind: "nodejs:24",
      conductor: false,
      memory: 256,
      causedBy: "sequence",
      size: 2,
    });
  });

  test("is nothing for a trigger's record, or one of an action that could not be had", () => {
    expect(endedRun(anActivation({ annotations: [] }))).toBeUndefined();
    expect(endedRun(anActivation({ annotations: [{ key: "path", value: "guest/hello" }] }))).toBeUndefined();
  });

  test.each([
    [{ statusCode: 201 }, 201],
    [{ error: { statusCode: 404 }, statusCode: 200 }, 404],
    [{ error: "no", statusCode: "502" }, 502],
    [{ statusCode: 2.5 }, 400],
    [{ statusCode: "soon" }, 400],
    [{ statusCode: null }, undefined],
    [{}, undefined],
    [[1], undefined],
  ] as [Json, number | undefined][])("%j has the action's own status %s", (result, status) => {
    expect(endedRun(ending(result))?.userDefinedStatusCode).toBe(status);
  });
});
