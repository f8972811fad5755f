import fc from "fast-check";
import { describe, test } from "vitest";
import { BadResponse, httpResponseParser } from "./http-response-parser.ts";

const limits = { maxBytes: 1000, truncationBytes: 10 };
const OK = "HTTP/1.1 200 OK\r\n";

/** Reads a response that comes in pieces. */
function read(text: string | Buffer, cuts: readonly number[] = []) {
  const bytes = Buffer.from(text as string);
  const parser = httpResponseParser(limits);
  let from = 0;
  let response: ReturnType<typeof parser.read>;
  for (const cut of [...cuts, bytes.length]) {
    if (cut > from) response = parser.read(bytes.subarray(from, cut)) ?? response;
    from = cut;
  }
  return { response, parser };
}

const shown = (response: ReturnType<typeof read>["response"]) =>
  response && { status: response.status, text: response.body.text(), reusable: response.reusable };

describe("a response", () => {
  test.for([
    ["with a length", `${OK}Content-Length: 7\r\n\r\n{"a":1}`],
    ["in chunks", `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n4;x=y\r\n":1}\r\n0\r\nTrailer: 1\r\n\r\n`],
    [
      "after interim answers",
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: a\r\n\r\n${OK}content-length:7\r\n\r\n{"a":1}`,
    ],
    ["with the same length twice", `${OK}Content-Length: 7\r\nContent-Length: 7\r\n\r\n{"a":1}`],
  ] as const)("%s reads the same wherever it is cut", ([, text], { expect }) => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: text.length - 1 })), (cuts) => {
        const { response } = read(
          text,
          cuts.sort((a, b) => a - b),
        );
        expect(shown(response)).toEqual({ status: 200, text: '{"a":1}', reusable: true });
      }),
      { numRuns: 60 },
    );
  });

  test("without any length ends with the connection, which is worth nothing then", ({ expect }) => {
    const { response, parser } = read(`${OK}\r\n{"a":1}`);

    expect(response).toBeUndefined();
    expect(shown(parser.ended())).toEqual({ status: 200, text: '{"a":1}', reusable: false });
  });

  test("that is cut off in the middle is none", ({ expect }) => {
    for (const text of [
      "",
      "HTTP/1.1 2",
      `${OK}Content-Length: 7\r\n\r\n{"a"`,
      `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n`,
    ]) {
      expect(read(text).parser.ended()).toBeUndefined();
    }
  });

  test.for([204, 304])("with status %i has no body", (status, { expect }) => {
    expect(shown(read(`HTTP/1.1 ${status} x\r\n\r\n`).response)).toEqual({ status, text: "", reusable: true });
  });

  test("with a body that is too long keeps as much as may be kept", ({ expect }) => {
    const { response } = read(`${OK}Content-Length: 2000\r\n\r\n${"x".repeat(2000)}`);

    expect([response?.body.tooLong, response?.body.lengthBytes, response?.body.text()]).toEqual([
      true,
      2000,
      "x".repeat(10),
    ]);
  });

  test("tells how long its connection is kept, and whether", ({ expect }) => {
    const empty = (headers: string) => read(`${OK}${headers}Content-Length: 0\r\n\r\n`).response;

    expect(empty("Keep-Alive: timeout=7, max=3\r\n")?.keepAliveMs).toBe(7_000);
    expect(empty("")?.keepAliveMs).toBeUndefined();
    expect(empty("Connection: Close\r\n")?.reusable).toBe(false);
    expect(read("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").response?.reusable).toBe(false);
  });
});

describe("a peer that", () => {
  test.for([
    ["does not speak HTTP", "SSH-2.0-OpenSSH\r\n\r\n"],
    ["speaks a later version", "HTTP/2 200\r\n\r\n"],
    ["claims a length and chunks", `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`],
    ["claims two lengths", `${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\n`],
    ["claims a negative length", `${OK}Content-Length: -1\r\n\r\n`],
    ["claims a length in another notation", `${OK}Content-Length: 0x5\r\n\r\n`],
    ["encodes in another way", `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`],
    ["has a header without a name", `${OK}: x\r\n\r\n`],
    ["goes on after the end", `${OK}Content-Length: 1\r\n\r\nab`],
    ["goes on after the last chunk", `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nx`],
    ["has a chunk that is longer than it says", `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n`],
    ["has a chunk without a size", `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
    ["has a head without an end", `${OK}${"X: y\r\n".repeat(5_000)}`],
    ["has a chunk size without an end", `${OK}Transfer-Encoding: chunked\r\n\r\n${"1".repeat(1_000)}`],
  ] as const)("%s is not listened to", ([, text], { expect }) => {
    expect(() => read(text)).toThrow(BadResponse);
  });

  test("says anything at all gets a response or a refusal", ({ expect }) => {
    const piece = fc.oneof(
      fc.constantFrom(
        OK,
        "\r\n",
        "Content-Length: 3",
        "Transfer-Encoding: chunked",
        "0",
        "3",
        "abc",
        ":",
        "HTTP/1.1 100 x",
      ),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
        const parser = httpResponseParser(limits);
        try {
          for (const each of pieces) if (parser.read(Buffer.from(each)) !== undefined) return;
          parser.ended();
        } catch (error) {
          expect(error).toBeInstanceOf(BadResponse);
        }
      }),
      { numRuns: 500 },
    );
  });
});
