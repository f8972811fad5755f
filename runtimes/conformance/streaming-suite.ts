import { describe, test } from "vitest";
import { initValue, type StartTarget, separate } from "./target.ts";

const ID = "5".repeat(32);
const SEND = { activation_id: ID, stream: "send" };

/** Programs in JavaScript: what is streamed, and what it says when it ends. */
const CODE = `
  async function* items(all) {
    try { for (const item of all) { await null; yield item; } } finally { console.log("closed"); }
  }
  async function* endless() {
    try { for (let n = 0; ; n++) yield "item " + n; } finally { console.log("closed"); }
  }
  async function* waiting() { yield "one"; await new Promise(() => {}); }
  async function* failing() { yield "one"; throw new Error("no more"); }
  const bodies = {
    mixed: () => items(["é", "", Buffer.from([0, 255]), new Uint16Array([1]), new Uint8Array([7]).buffer]),
    large: () => items(["€".repeat(50000) + "😀".repeat(20000), Buffer.alloc(100000, 1)]),
    node: () => require("stream").Readable.from(["a", "b"]),
    silent: () => new (require("stream").Readable)({ read() { if (!this.sent) { this.sent = true; this.push("a"); } },
      destroy(error, done) { console.log("closed"); done(error); } }),
    web: () => new Blob(["ab"]).stream(),
    wrong: () => items(["a", 1]),
    many: () => items(Array(20000).fill("0123456789")),
    endless, waiting, failing, plain: () => "text",
  };
  async function main({ of }) { return { statusCode: 201, body: bodies[of]() }; }
  exports.main = main;
`;

/** What a runtime does whose actions may stream their answers. The target runs JavaScript. */
export function streamingConformance(name: string, start: StartTarget): void {
  /** One run of {@link CODE}. */
  async function ran(of: string, stopAfter?: number) {
    const target = await start();
    try {
      const init = await target.init(initValue({ code: CODE }));
      if (init.status !== 200) throw new Error(JSON.stringify(init));
      const streamed = await target.stream({ value: { of }, ...SEND }, stopAfter);
      const next = await target.run({ value: { of: "plain" }, activation_id: "6".repeat(32) });
      return { ...streamed, next, ...separate(await target.logs()) };
    } finally {
      await target.stop();
    }
  }
  async function collected(of: string, limitBytes = 1_000_000) {
    const target = await start();
    await target.init(initValue({ code: CODE }));
    const wish = { stream: "collect", stream_limit: limitBytes };
    const reply = await target.run({ value: { of }, activation_id: ID, ...wish });
    const { stdout } = separate(await target.logs());
    await target.stop();
    return { reply, body: (reply.body as { body?: string }).body, stdout };
  }

  describe.concurrent(`${name}, when an answer may be streamed,`, () => {
    test("sends the head, each item as it was given, and then an empty answer", async ({ expect }) => {
      const { head, items, reply, stdout, next } = await ran("mixed");
      expect(head).toEqual({ statusCode: 201 });
      expect(items).toEqual(["é", Buffer.from([0, 255]), Buffer.from([1, 0]), Buffer.from([7])]);
      expect(reply).toEqual({ status: 200, body: {} });
      expect(stdout).toBe("closed\n");
      expect(next).toEqual({ status: 200, body: { statusCode: 201, body: "text" } });
    });

    test("cuts large items into pieces of 48 KiB at most, between characters", async ({ expect }) => {
      const { items } = await ran("large");
      expect(Math.max(...items.map((item) => Buffer.byteLength(item)))).toBeLessThanOrEqual(49_152);
      const texts = items.filter((item) => typeof item === "string");
      expect(texts.join("") === "€".repeat(50_000) + "😀".repeat(20_000)).toBe(true);
      expect(texts.every((text) => text.isWellFormed())).toBe(true);
      const bytes = Buffer.concat(items.filter((item) => typeof item !== "string"));
      expect(bytes.equals(Buffer.alloc(100_000, 1))).toBe(true);
    });

    test("takes streams of Node and of the web", async ({ expect }) => {
      expect((await ran("node")).items.map(String).join("")).toBe("ab");
      expect((await ran("web")).items.map(String).join("")).toBe("ab");
    });

    test("sends many small items, far beyond what is granted at first", async ({ expect }) => {
      const { items, reply } = await ran("many");
      expect([items.length, reply.status]).toEqual([20_000, 200]);
    });

    test("answers an ordinary result as always", async ({ expect }) => {
      const { head, items, reply } = await ran("plain");
      expect([head, items, reply]).toEqual([undefined, [], { status: 200, body: { statusCode: 201, body: "text" } }]);
    });

    test("ends in an error when the body fails, or is made of something else", async ({ expect }) => {
      const failed = await ran("failing");
      expect(failed.items).toEqual(["one"]);
      expect(failed.reply).toMatchObject({ status: 200, body: { error: { message: "no more" } } });
      const wrong = await ran("wrong");
      expect(wrong.reply).toMatchObject({ status: 200, body: { error: { name: "TypeError" } } });
      expect([wrong.stdout, failed.next.status]).toEqual(["closed\n", 200]);
    });

    test("ends the body when nobody wants more, and then answers", async ({ expect }) => {
      for (const of of ["endless", "silent"]) {
        const { reply, stdout, next } = await ran(of, 1);
        expect([of, reply, stdout, next.status]).toEqual([of, { status: 200, body: {} }, "closed\n", 200]);
      }
    });

    test("does not wait long for a body that does not hear that nobody wants more", async ({ expect }) => {
      const { items, reply, next } = await ran("waiting", 1);
      expect([items, reply, next.status]).toEqual([["one"], { status: 200, body: {} }, 200]);
    });

    test("joins the items where the answer is to be collected: text, or base64 of bytes", async ({ expect }) => {
      expect((await collected("node")).reply).toEqual({ status: 200, body: { statusCode: 201, body: "ab" } });
      expect((await collected("web")).body).toBe("YWI=");
      expect((await collected("failing")).reply).toMatchObject({ body: { error: { message: "no more" } } });
      expect((await collected("plain")).body).toBe("text");
    });

    test("collects hardly more than would be accepted", async ({ expect }) => {
      const { body = "", stdout } = await collected("endless", 1_000);
      expect([body.length > 1_000, body.length < 1_020, stdout]).toEqual([true, true, "closed\n"]);
    });

    test("takes such a body for what JSON makes of it where nothing is said of streams", async ({ expect }) => {
      const target = await start();
      await target.init(initValue({ code: CODE }));
      const reply = await target.run({ value: { of: "endless" }, activation_id: ID });
      await target.stop();
      expect(reply).toEqual({ status: 200, body: { statusCode: 201, body: {} } });
    });
  });
}
