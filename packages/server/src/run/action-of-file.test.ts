import { DEFAULT_MANIFEST, parseManifest, UPSTREAM_LIMITS } from "@meringue/core";
import { describe, test } from "vitest";
import { actionOfFile } from "./action-of-file.ts";

const MANIFEST = parseManifest(DEFAULT_MANIFEST);
const TEXT = Buffer.from("some source");

type Words = Parameters<typeof actionOfFile>[0];

function made(over: Partial<Words>, bytes: Buffer | undefined = TEXT) {
  const words: Words = {
    ...{ file: "a.js", runtime: undefined, main: undefined, image: undefined, native: false },
    ...{ limits: {}, annotations: [], env: [], auth: undefined },
    ...over,
  };
  return actionOfFile(words, bytes, MANIFEST, UPSTREAM_LIMITS, 0);
}

async function kindOf(over: Partial<Words>, bytes?: Buffer): Promise<string> {
  return (await made(over, bytes)).action.exec.kind.replace(/:.*/, "");
}

describe("the action of a file", () => {
  test("is of the kind that its name tells", async ({ expect }) => {
    const files = ["a.js", "b.mjs", "x/c.ts", "d.PY", "e.php", "f.rb"];
    const kinds = await Promise.all(files.map((file) => kindOf({ file })));
    expect(kinds).toEqual(["nodejs", "nodejs", "typescript", "python", "php", "ruby"]);
    expect(await kindOf({ file: "G.java", main: "G" })).toBe("java");
  });

  test("is of the kind that was asked for, its family's default without a version", async ({ expect }) => {
    expect((await made({ runtime: "nodejs:20" })).action.exec.kind).toBe("nodejs:20");
    expect((await made({ runtime: "python" })).action.exec.kind).toMatch(/^python:3/);
    await expect(made({ runtime: "cobol:1" })).rejects.toThrow("cobol:1");
  });

  test("is a program where the system could run the file, or where that was said", async ({ expect }) => {
    const exec = { kind: "blackbox", image: "openwhisk/dockerskeleton:latest", hasCode: true };
    expect((await made({ file: "p" }, Buffer.from("#!/bin/sh\n"))).action.exec).toMatchObject(exec);
    expect((await made({ file: "p" }, Buffer.from("\x7fELF\0"))).action.exec).toMatchObject({ ...exec, binary: true });
    expect((await made({ file: "p.py", native: true })).action.exec).toMatchObject(exec);
  });

  test("may be an image without code", async ({ expect }) => {
    const { action, code } = await actionOfFile(
      {
        ...{ file: undefined, runtime: undefined, main: undefined, image: "me/mine", native: false },
        ...{ limits: {}, annotations: [], env: [], auth: undefined },
      },
      ...([undefined, MANIFEST, UPSTREAM_LIMITS, 0] as const),
    );
    expect(action.exec).toMatchObject({ kind: "blackbox", image: "me/mine", hasCode: false });
    expect(code).toBeUndefined();
  });

  test("cannot be told from an archive or an unknown name", async ({ expect }) => {
    await expect(made({ file: "a.zip" })).rejects.toThrow(
      "what is a.zip written in? an archive does not say: --kind does",
    );
    await expect(made({ file: "-" })).rejects.toThrow("what is the standard input written in?");
  });

  test("has its code as text where it is text, else in base64", async ({ expect }) => {
    expect(await made({})).toMatchObject({ code: "some source", action: { exec: { binary: false } } });
    const jar = Buffer.from([0x01, 0x00, 0xff]);
    const { code, action } = await made({ file: "a.jar", main: "M" }, jar);
    expect([code, action.exec]).toMatchObject([jar.toString("base64"), { binary: true, main: "M" }]);
  });

  test("has limits, environment and annotations as a PUT would give it", async ({ expect }) => {
    const { action } = await made({
      file: "hello there.js",
      limits: { memory: 512 },
      env: [{ key: "K", value: 1 }],
      annotations: [{ key: "stream", value: true }],
      auth: "a:b",
    });
    expect(action).toMatchObject({
      name: "hello there",
      namespace: "guest",
      limits: { memory: 512, timeout: 60_000, logs: 10, concurrency: 1 },
      parameters: [{ key: "K", value: 1, init: true }],
    });
    expect(action.annotations).toContainEqual({ key: "provide-api-key", value: true });
    expect((await made({ file: "$.js" })).action.name).toBe("action");
    await expect(made({ limits: { memory: 9_999 } })).rejects.toThrow("9999 MB exceeds allowed threshold");
  });
});
