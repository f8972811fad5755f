import { type EntityName, encodeActivationSummary, type JsonObject } from "@meringue/core";
import { anActivation } from "@meringue/testkit";
import { describe, test } from "vitest";
import { decodeRecord, decodeSummary, encodeRecord } from "./activation-record.ts";
import { shortenRecord } from "./shorten-record.ts";
import { decodeLimits, decodeSubject, encodeLimits, encodeSubject, kindOfId } from "./subject-document.ts";

describe("documents of upstream", () => {
  test("a subject has its keys in the clear", ({ expect }) => {
    const key = "k".repeat(64);
    const document = {
      _id: "guest",
      subject: "guest",
      namespaces: [{ name: "guest", uuid: "23bc46b1-71f6-4ed5-8c54-816aa4f8c502", key }],
      blocked: false,
    };
    const [namespace] = document.namespaces;
    const subject = {
      subject: "guest",
      namespaces: [{ ...(namespace as { uuid: string }), name: "guest" as EntityName, key }],
      blocked: false,
    };

    expect(decodeSubject(document)).toEqual(subject);
    expect(encodeSubject(subject)).toEqual(document);
    const { blocked: _, ...older } = document;
    expect(decodeSubject(older)).toEqual(subject);
  });

  test("limits are a document of their own, with every member that upstream knows", ({ expect }) => {
    const limits = {
      invocationsPerMinute: 60,
      concurrentInvocations: 30,
      firesPerMinute: 60,
      allowedKinds: ["nodejs:20"],
      storeActivations: true,
      minActionMemory: 128,
      maxActionMemory: 512,
      minActionLogs: 0,
      maxActionLogs: 10,
      minActionTimeout: 100,
      maxActionTimeout: 300_000,
      minActionConcurrency: 1,
      maxActionConcurrency: 1,
      maxParameterSize: "1 MB",
      maxPayloadSize: "1 MB",
      truncationSize: "1 MB",
      warmedContainerKeepingCount: 1,
      warmedContainerKeepingTimeout: "24 hours",
      maxActionInstances: 10,
    };
    expect(decodeLimits({ _id: "guest/limits", _rev: "1-a", ...limits })).toEqual(limits);
    expect(encodeLimits("guest", limits)).toEqual({ _id: "guest/limits", ...limits });
  });

  test("limits that cannot be read count as none", ({ expect }) => {
    expect(decodeLimits({ _id: "guest/limits", invocationsPerMinute: "many" })).toBeUndefined();
  });

  test("the id of a document of subjects says what it is", ({ expect }) => {
    expect(kindOfId("guest/limits")).toEqual({ kind: "limits", namespace: "guest" });
    expect(kindOfId("guest")).toEqual({ kind: "subject", subject: "guest" });
    expect(kindOfId("_design/subjects.v2.0.0")).toEqual({ kind: "design" });
  });

  test("a record is read, and written again as it was", ({ expect }) => {
    const id = "44794bd6aab74415b4e42a308d880e5b";
    const document = {
      _id: `guest/${id}`,
      entityType: "activation",
      namespace: "guest",
      name: "hello",
      subject: "guest",
      activationId: id,
      start: 1_760_000_000_100,
      end: 1_760_000_000_160,
      duration: 60,
      response: { statusCode: 0, result: { hi: "Ada" }, size: 12 },
      logs: ["2026-01-01T00:00:00.010Z stdout: hello"],
      version: "0.0.1",
      publish: false,
      annotations: [
        { key: "path", value: "guest/hello" },
        { key: "kind", value: "nodejs:20" },
      ],
      cause: "c".repeat(32),
      updated: 1_760_000_000_160,
    };
    expect(encodeRecord(decodeRecord({ ...document, _rev: "1-a" }))).toEqual(document);
  });

  test("a trigger's record has no end", ({ expect }) => {
    const { duration: _, ...fired } = anActivation({ end: 0 });
    const document: JsonObject = encodeRecord(fired);
    expect(document).toMatchObject({ end: 0, updated: fired.start });
    expect(document).not.toHaveProperty("duration");
    expect(decodeRecord(document)).toEqual(fired);
  });

  test("what the views emit shows as the record does", ({ expect }) => {
    const record = anActivation({ response: { statusCode: 1, result: { error: "no" } }, cause: "c".repeat(32) });
    const { subject: _, logs: __, response, ...value } = encodeRecord(record) as Record<string, JsonObject>;
    const summary = decodeSummary({ ...value, statusCode: response?.["statusCode"] ?? null });
    expect(encodeActivationSummary(summary)).toEqual(encodeActivationSummary(record));
  });
});

describe("a record that the database is too small for", () => {
  const bytes = (record: Parameters<typeof encodeRecord>[0]) => JSON.stringify(encodeRecord(record)).length;

  test("keeps its first log lines, and says that others were cut", ({ expect }) => {
    const record = anActivation({ logs: Array.from({ length: 1000 }, (_, i) => `${i} ${"x".repeat(90)}`) });
    const short = shortenRecord(record, 20_000);

    expect(bytes(short)).toBeLessThanOrEqual(20_000);
    expect(bytes(short)).toBeGreaterThan(19_000);
    expect(short.logs.at(-1)).toBe("Logs were cut here: the database takes no larger record.");
    expect(short.logs.slice(0, -1)).toEqual(record.logs.slice(0, short.logs.length - 1));
    expect(short.response).toEqual(record.response);
  });

  test("loses its result only when that is too large by itself", ({ expect }) => {
    const record = anActivation({ response: { statusCode: 0, result: "x".repeat(30_000), size: 30_002 } });
    const short = shortenRecord(record, 20_000);

    expect(short.response).toEqual({
      statusCode: 0,
      size: 30_002,
      result: { error: "The result was left out: the database takes no larger record." },
    });
    expect(bytes(short)).toBeLessThan(20_000);
  });
});
