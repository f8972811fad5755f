import { describe, test } from "vitest";
import { type Pausable, type Upload, uploads } from "./uploads.ts";

const KIB = 1024;

interface Source extends Pausable {
  readonly upload: Upload;
  readonly waits: boolean;
}

function sources(maxBytes: number): () => Source {
  const all = uploads(maxBytes);
  return () => {
    let waits = false;
    const pausable: Pausable = { pause: () => (waits = true), resume: () => (waits = false) };
    const upload = all.begin(pausable);
    return {
      ...pausable,
      upload,
      get waits() {
        return waits;
      },
    };
  };
}

describe("bodies that come in at the same time", () => {
  test("wait when they take more together than they may, all but the first", ({ expect }) => {
    const begin = sources(256 * KIB);
    const [a, b, c] = [begin(), begin(), begin()];
    for (const { upload } of [a, b, c]) upload.received(100 * KIB);
    expect([a.waits, b.waits, c.waits]).toEqual([false, false, true]);
    a.upload.received(100 * KIB);
    b.upload.received(1);
    expect([a.waits, b.waits, c.waits]).toEqual([false, true, true]);
  });

  test("go on, the earliest first, as soon as others have ended", ({ expect }) => {
    const begin = sources(256 * KIB);
    const [a, b, c] = [begin(), begin(), begin()];
    a.upload.received(250 * KIB);
    b.upload.received(50 * KIB);
    c.upload.received(150 * KIB);
    a.upload.end();
    expect([b.waits, c.waits]).toEqual([false, true]);
    b.upload.end();
    expect(c.waits).toBe(false);
  });

  test("get on one after the other even if each takes more than all may", ({ expect }) => {
    const begin = sources(10 * KIB);
    const all = Array.from({ length: 5 }, begin);
    for (const { upload } of all) upload.received(20 * KIB);
    for (const [at, source] of all.entries()) {
      expect(source.waits).toBe(false);
      expect(all.slice(at + 1).every(({ waits }) => waits)).toBe(true);
      source.upload.received(20 * KIB);
      source.upload.end();
      source.upload.end();
    }
  });

  test("do not wait while there is room", ({ expect }) => {
    const begin = sources(256 * KIB);
    for (let count = 0; count < 1_000; count++) {
      const { upload } = begin();
      upload.received(200 * KIB);
      upload.end();
    }
    const last = begin();
    last.upload.received(256 * KIB);
    expect(last.waits).toBe(false);
  });
});
