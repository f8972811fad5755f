import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, test } from "vitest";
import type { Answer } from "../src/answer.ts";
import { httpClient } from "../src/http-client.ts";
import { anyCut, anyMutations, cut, FUZZ_TIMEOUT_MS, mutated, tries } from "./fuzz.ts";

const limits = { maxBytes: 500, truncationBytes: 50 };
/** Long enough for a reply on the loopback, mostly: whoever runs out of it has timed out, which is an answer too. */
const TIMEOUT_MS = 40;

/** What a server does with one request. */
interface Deed {
  readonly framing: "length" | "chunked" | "close" | "both";
  /** What it sends behind its reply, in the same breath. */
  readonly more: "nothing" | "another reply" | "half of one";
  readonly mutations: Parameters<typeof mutated>[1];
  readonly lengths: readonly number[];
  readonly after: "keep" | "end" | "destroy";
}

const anyDeed: fc.Arbitrary<Deed> = fc.record({
  framing: fc.constantFrom("length", "length", "chunked", "close", "both"),
  more: fc.constantFrom("nothing", "nothing", "another reply", "half of one"),
  mutations: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: anyMutations }),
  lengths: anyCut,
  after: fc.constantFrom("keep", "keep", "end", "destroy"),
});

function reply(framing: Deed["framing"], marker: string): string {
  const body = JSON.stringify({ for: marker });
  const length = framing === "length" || framing === "both" ? `Content-Length: ${body.length}\r\n` : "";
  const isChunked = framing === "chunked" || framing === "both";
  const coding = isChunked ? "Transfer-Encoding: chunked\r\n" : "";
  const framed = isChunked ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body;
  return `HTTP/1.1 200 OK\r\n${length}${coding}\r\n${framed}`;
}

function perform(socket: Socket, marker: string, { framing, more, mutations, lengths, after }: Deed): void {
  const stale = { nothing: "", "another reply": reply("length", "stale"), "half of one": "HTTP/1.1 200 OK\r\nCon" }[
    more
  ];
  const bytes = mutated(Buffer.from(reply(framing, marker) + stale), mutations);
  if (more === "nothing") for (const piece of cut(bytes, lengths)) socket.write(piece);
  else socket.write(bytes);
  if (after === "destroy") socket.destroy();
  else if (after === "end" || framing === "close") socket.end();
}

/** Whether the container said so to this activation, as far as bytes that arrive whole tell. */
function isFair(answer: Answer, marker: string, { framing, mutations }: Deed): boolean {
  if (answer.kind !== "answered" || mutations.length > 0) return true;
  const own = JSON.stringify({ for: marker });
  return framing === "close" ? answer.body.startsWith(own) : answer.body === own; // all up to the end is such a reply's
}

describe("a container's server that does anything", { timeout: FUZZ_TIMEOUT_MS }, () => {
  /** By the marker of each request. Those of earlier rounds may still come in. */
  const script = new Map<string, Deed>();
  let rounds = 0;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
    socket.setEncoding("latin1").on("data", (text: string) => {
      const marker = /"value":"([^"]+)"/.exec(text)?.[1];
      const deed = script.get(marker ?? "");
      if (marker !== undefined && deed !== undefined) perform(socket, marker, deed);
    });
    socket.on("end", () => socket.end());
  });
  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });

  const aClient = () => httpClient({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });

  /** Runs some, one after the other or at once; each answers, and with what was said to it. */
  async function ran(deeds: readonly Deed[], atOnce: boolean): Promise<string[]> {
    const round = rounds++;
    script.clear();
    for (const [index, deed] of deeds.entries()) script.set(`${round}.${index}`, deed);
    const client = aClient();
    const run = async (index: number): Promise<string> => {
      const marker = `${round}.${index}`;
      const answer = await client.run(marker, `{"value":"${marker}"}`, TIMEOUT_MS, limits);
      await new Promise((resolve) => setImmediate(resolve)); // what was sent in the same breath is there by now
      return isFair(answer, marker, deeds[index] as Deed) ? "fair" : JSON.stringify(answer);
    };
    try {
      if (atOnce) return await Promise.all(deeds.map((_, index) => run(index)));
      const answers: string[] = [];
      for (const index of deeds.keys()) answers.push(await run(index));
      return answers;
    } finally {
      client.close();
    }
  }

  test("keeps nobody waiting, and gives no activation what was said to another", async ({ expect }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyDeed, { minLength: 2, maxLength: 4 }), fc.boolean(), async (deeds, atOnce) => {
        expect(await ran(deeds, atOnce)).toEqual(deeds.map(() => "fair"));
      }),
      tries(80),
    );
  });
});
