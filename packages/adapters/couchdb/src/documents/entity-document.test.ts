import type { EntityName, JsonObject } from "@meringue/core";
import { anAction, aPackage, aRule, aTrigger } from "@meringue/testkit";
import { describe, test } from "vitest";
import type { CouchDocument } from "../http/couch-database.ts";
import { findCode, keepCode, storeCode } from "./action-code.ts";
import { decodeEntity, encodeEntity } from "./entity-document.ts";

const UPDATED = 1_767_225_600_000;

/** What upstream's controller stores, member by member. */
const theirAction = {
  _id: "guest/pkg/hello",
  _rev: "2-0123456789abcdef0123456789abcdef",
  entityType: "action",
  namespace: "guest/pkg",
  name: "hello",
  version: "0.0.3",
  publish: false,
  annotations: [
    { key: "provide-api-key", value: false },
    { key: "exec", value: "nodejs:20" },
  ],
  updated: UPDATED,
  exec: {
    kind: "nodejs:20",
    code: {
      attachmentName: "couch:7b3b1f60-9c1f-4f0c-bb1f-609c1f4f0c11",
      attachmentType: "text/plain; charset=UTF-8",
    },
    binary: false,
    main: "start",
  },
  parameters: [
    { key: "name", value: "Ada", init: true },
    { key: "secret", value: "AAAADA==", encryption: "aes-256" },
  ],
  limits: { timeout: 60_000, memory: 256, logs: 10, concurrency: 1, instances: 3 },
  _attachments: {
    "7b3b1f60-9c1f-4f0c-bb1f-609c1f4f0c11": {
      content_type: "text/plain; charset=UTF-8",
      digest: "md5-x",
      length: 20_000,
      revpos: 2,
      stub: true,
    },
  },
} satisfies JsonObject;

const hello = anAction({
  namespace: "guest/pkg",
  version: "0.0.3",
  annotations: theirAction.annotations,
  exec: { type: "code", kind: "nodejs:20", binary: false, main: "start" },
  parameters: [
    { key: "name", value: "Ada", init: true },
    { key: "secret", value: "AAAADA==", encryption: "aes-256" },
  ],
  limits: { timeout: 60_000, memory: 256, logs: 10, concurrency: 1, instances: 3 },
});

describe("documents of upstream", () => {
  test("an action is read, and written again as it was", ({ expect }) => {
    expect(decodeEntity(theirAction)).toEqual(hello);

    const { _rev, ...document } = theirAction;
    expect(encodeEntity(hello, keepCode(theirAction))).toEqual(document);
  });

  test("a package has an empty binding, a binding a full one", ({ expect }) => {
    const common = { namespace: "guest", version: "0.0.1", publish: true, annotations: [], updated: UPDATED };
    const plain = { _id: "guest/pkg", entityType: "package", ...common, name: "pkg", binding: {}, parameters: [] };
    const bound = { ...plain, binding: { namespace: "whisk.system", name: "utils" } };
    const binding = { namespace: "whisk.system" as EntityName, name: "utils" as EntityName };

    for (const [document, entity] of [
      [plain, aPackage({ publish: true })],
      [bound, aPackage({ publish: true, binding })],
    ] as const) {
      expect(decodeEntity(document)).toEqual(entity);
      expect(encodeEntity(entity)).toEqual(document);
    }
  });

  test("a trigger knows the state of its rules", ({ expect }) => {
    const document = {
      _id: "guest/tick",
      entityType: "trigger",
      namespace: "guest",
      name: "tick",
      version: "0.0.1",
      publish: false,
      annotations: [],
      updated: UPDATED,
      parameters: [{ key: "a", value: 1 }],
      limits: {},
      rules: { "guest/r1": { action: { path: "guest", name: "hello" }, status: "active" } },
    };
    const trigger = aTrigger({
      parameters: [{ key: "a", value: 1 }],
      rules: { "guest/r1": { action: { path: "guest", name: "hello" }, status: "active" } },
    });

    expect(decodeEntity(document)).toEqual(trigger);
    expect(encodeEntity(trigger)).toEqual(document);
  });

  test("a rule names its trigger and its action", ({ expect }) => {
    const document = {
      _id: "guest/tick-hello",
      entityType: "rule",
      namespace: "guest",
      name: "tick-hello",
      version: "0.0.1",
      publish: false,
      annotations: [],
      updated: UPDATED,
      trigger: { path: "guest", name: "tick" },
      action: { path: "guest", name: "hello" },
    };

    expect(decodeEntity(document)).toEqual(aRule());
    expect(encodeEntity(aRule())).toEqual(document);
  });

  test.for([
    [{ kind: "sequence", components: ["/guest/a", "/guest/pkg/b"] }],
    [{ kind: "blackbox", image: "user/img:tag", binary: false }],
    [{ kind: "blackbox", image: "user/img:tag", code: "echo", binary: false, main: "x" }],
  ])("an exec %j survives both ways", async ([exec = {}], { expect }) => {
    const document = { ...theirAction, exec, _attachments: undefined as never };
    const entity = decodeEntity(document);

    expect(encodeEntity(entity, keepCode(document as never))).toMatchObject({ exec });
  });

  test("what old documents lack gets its default, and the kind is told by what they have", ({ expect }) => {
    const old = { _id: "guest/x", namespace: "guest", name: "x", version: "0.0.1", publish: false };
    expect(decodeEntity({ ...old, exec: { kind: "java", jar: "AA==", binary: true } })).toMatchObject({
      entityType: "action",
      updated: 0,
      annotations: [],
      limits: { timeout: 60_000, memory: 256, logs: 10, concurrency: 1 },
    });
    expect(decodeEntity({ ...old, binding: {} }).entityType).toBe("package");
    expect(decodeEntity({ ...old, parameters: [] }).entityType).toBe("trigger");
    const reference = { path: "guest", name: "y" };
    expect(decodeEntity({ ...old, trigger: reference, action: reference }).entityType).toBe("rule");
  });

  test("a document that is none says so, and nothing of what is in it", ({ expect }) => {
    for (const broken of [{}, { ...theirAction, exec: 1 }, { ...theirAction, entityType: "other" }]) {
      expect(() => decodeEntity(broken as JsonObject)).toThrow("Resource is corrupted and cannot be read.");
    }
  });
});

describe("code in a document", () => {
  const document = (code: JsonObject | string, binary = false) =>
    ({ ...theirAction, exec: { kind: "nodejs:20", code, binary } }) as CouchDocument;
  const bytes = (text: string) => new TextEncoder().encode(text);

  test("is part of its attachment's name when it is small", ({ expect }) => {
    const { code, attachments } = storeCode(hello, bytes("function main() {}"), true);

    expect(attachments).toBeUndefined();
    expect(code).toEqual({
      attachmentName: "mem:ZnVuY3Rpb24gbWFpbigpIHt9",
      attachmentType: "text/plain; charset=UTF-8",
      length: 18,
      digest: "sha256-a53337ff3f676986cd38211d5de27f0ecf6648012c07f9faa4cca80fb58561dc",
    });
    expect(findCode(document(code as JsonObject))).toEqual({ bytes: bytes("function main() {}") });
  });

  test("is an attachment of the same write from 16 KiB on", ({ expect }) => {
    expect(storeCode(hello, new Uint8Array(16 * 1024 - 1), true).attachments).toBeUndefined();
    const zip = anAction({ exec: { type: "code", kind: "nodejs:20", binary: true } });
    const { code, attachments } = storeCode(zip, new Uint8Array(16 * 1024), true);
    const [[name, attachment] = []] = Object.entries(attachments ?? {});

    expect(code).toEqual({ attachmentName: `couch:${name}`, attachmentType: "application/octet-stream" });
    expect(name).toMatch(/^[0-9a-f-]{36}$/);
    expect(attachment).toEqual({
      content_type: "application/octet-stream",
      data: Buffer.alloc(16 * 1024).toString("base64"),
    });
    expect(findCode(document(code as JsonObject))).toEqual({ attachment: name });
  });

  test("is text for kinds that upstream stores so, base64 when it is binary", ({ expect }) => {
    expect(storeCode(hello, bytes("x"), false)).toEqual({ code: "x", attachments: undefined });
    const zip = anAction({ exec: { type: "code", kind: "old:1", binary: true } });
    expect(storeCode(zip, Uint8Array.of(255, 0), false).code).toBe("/wA=");
    expect(findCode(document("/wA=", true))).toEqual({ bytes: Uint8Array.of(255, 0) });
  });

  test("has been an attachment without a scheme, or been called jar", ({ expect }) => {
    expect(findCode(document({ attachmentName: "codefile", attachmentType: "text/plain" }))).toEqual({
      attachment: "codefile",
    });
    const jar = { ...theirAction, exec: { kind: "java", jar: "AA==", binary: true } } as unknown as CouchDocument;
    expect(findCode(jar)).toEqual({ bytes: Uint8Array.of(0) });
  });

  test("in another store cannot be read, and it is said where it is", ({ expect }) => {
    const elsewhere = document({ attachmentName: "s3:abc", attachmentType: "text/plain" });
    expect(() => findCode(elsewhere)).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ message: expect.stringContaining("(s3:)") }) }),
    );
  });
});
