import fc, { type Arbitrary } from "fast-check";
import { describe, test } from "vitest";
import type { AnswerLimits } from "../src/answer.ts";
import { BadResponse, httpResponseParser } from "../src/http-response-parser.ts";
import { LINES_TYPE, lineBody } from "../src/line-body.ts";
import { anyCut, anyMutations, cut, FUZZ_TIMEOUT_MS, mutated, tries } from "./fuzz.ts";

const ID = "a".repeat(32);
const limits: AnswerLimits = { maxBytes: 200, truncationBytes: 20 };

/** A reply as some server writes it, and what a reader is to make of it. */
interface Reply {
  readonly bytes: Buffer;
  readonly status: number;
  readonly body: Buffer;
}

type Framing = "length" | "length twice" | "chunked" | "close" | "length and chunks";

const anyStatus = fc.constantFrom(200, 200, 404, 502, 503);
const anyBody = fc.oneof(
  fc.constantFrom("", "{}", '{"a":"é漢😀"}', "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "0\r\n\r\n"),
  fc.string({ maxLength: 300, unit: "binary" }),
);
const anyHeader = fc.constantFrom(
  "Server: x\r\n",
  "Connection: close\r\n",
  "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n",
  "X: é\0\r\n",
  `Content-Type: ${LINES_TYPE}\r\n`,
);
const anyFraming = fc.constantFrom<Framing>("length", "length", "chunked", "chunked", "close", "length twice");

function chunked(body: Buffer, lengths: readonly number[], extension: string): Buffer {
  const chunks = cut(body, lengths).map((chunk) =>
    Buffer.concat([Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`), chunk, Buffer.from("\r\n")]),
  );
  return Buffer.concat([...chunks, Buffer.from(`0\r\n${extension === "" ? "" : "Trailer: x\r\n"}\r\n`)]);
}

function written(
  status: number,
  body: Buffer,
  framing: Framing,
  headers: string,
  interim: string,
  chunks: readonly number[],
) {
  const length = `Content-Length: ${body.length}\r\n`;
  const isChunked = framing === "chunked" || framing === "length and chunks";
  const lengths = framing === "length twice" ? length + length : framing.startsWith("length") ? length : "";
  const head = `${interim}HTTP/1.1 ${status} X\r\n${headers}${lengths}${isChunked ? "Transfer-Encoding: chunked\r\n" : ""}\r\n`;
  return Buffer.concat([Buffer.from(head), isChunked ? chunked(body, chunks, headers === "" ? "" : ";e=1") : body]);
}

function anyReply(framing: Arbitrary<Framing> = anyFraming): Arbitrary<Reply & { readonly framing: Framing }> {
  const interim = fc.constantFrom(
    "",
    "",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n",
  );
  return fc
    .record({
      status: anyStatus,
      text: anyBody,
      framing,
      headers: fc.array(anyHeader, { maxLength: 3 }),
      interim,
      cut: anyCut,
    })
    .map(({ status, text, framing: how, headers, interim: before, cut: chunks }) => {
      const body = Buffer.from(text);
      return { status, body, framing: how, bytes: written(status, body, how, headers.join(""), before, chunks) };
    });
}

/** What a reader comes to in the end. */
type Reading =
  | { readonly kind: "complete"; readonly status: number; readonly text: string; readonly lengthBytes: number }
  | { readonly kind: "refused" | "incomplete" };

/** Reads as a connection does: nothing after an answer, and nothing after a refusal. */
function reading(pieces: readonly Buffer[], ends: boolean): Reading {
  const parser = httpResponseParser(limits);
  try {
    for (const piece of pieces) {
      const response = parser.read(piece);
      if (response !== undefined) {
        const { status, body } = response;
        return { kind: "complete", status, text: body.text(), lengthBytes: body.lengthBytes };
      }
    }
    const response = ends ? parser.ended() : undefined;
    if (response === undefined) return { kind: "incomplete" };
    return {
      kind: "complete",
      status: response.status,
      text: response.body.text(),
      lengthBytes: response.body.lengthBytes,
    };
  } catch (error) {
    if (!(error instanceof BadResponse)) throw error;
    return { kind: "refused" };
  }
}

describe("a reply", { timeout: FUZZ_TIMEOUT_MS }, () => {
  test("is read as it was meant, however it is framed and wherever it is cut", ({ expect }) => {
    fc.assert(
      fc.property(anyReply(), anyCut, ({ bytes, status, body, framing }, lengths) => {
        const got = reading(cut(bytes, lengths), framing === "close");
        expect(got).toMatchObject({ kind: "complete", status, lengthBytes: body.length });
        if (body.length <= limits.maxBytes) expect(got).toMatchObject({ text: body.toString() });
      }),
      tries(1_500),
    );
  });

  test("that claims both a length and chunks is never believed", ({ expect }) => {
    fc.assert(
      fc.property(anyReply(fc.constant("length and chunks")), anyCut, ({ bytes }, lengths) => {
        expect(reading(cut(bytes, lengths), true).kind).toBe("refused");
      }),
      tries(300),
    );
  });

  test("that was tampered with, or has others behind it, is read, refused or waited for, and never kept whole", ({
    expect,
  }) => {
    const anyBytes = fc
      .tuple(fc.array(anyReply(), { minLength: 1, maxLength: 3 }), anyMutations, fc.uint8Array({ maxLength: 30 }))
      .map(([replies, mutations, tail]) =>
        Buffer.concat([mutated(Buffer.concat(replies.map(({ bytes }) => bytes)), mutations), tail]),
      );
    fc.assert(
      fc.property(anyBytes, anyCut, fc.boolean(), (bytes, lengths, ends) => {
        const whole = reading([bytes], ends);
        const pieces = reading(cut(bytes, lengths), ends);
        if (whole.kind === "complete") expect(pieces).toEqual(whole);
        if (pieces.kind === "complete") expect(Buffer.byteLength(pieces.text)).toBeLessThanOrEqual(3 * limits.maxBytes);
      }),
      tries(4_000),
    );
  });

  test("made of lines gives the answer of its own activation, or none", ({ expect }) => {
    const line = fc.tuple(
      fc.constantFrom("100", "102", "103", "200", "502", "999", "2", ""),
      fc.constantFrom(ID, ID, ID, "b".repeat(32), "", "x".repeat(70)),
      fc.constantFrom("{}", `{"for":"${ID}"}`, '"text"', '"AAAA"', "null", "{", "\0", "x".repeat(300)),
      fc.constantFrom("\n", "\n", "\r\n", ""),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), anyMutations, anyCut, (lines, mutations, lengths) => {
        const text = lines.map(([status, id, json, end]) => `${status} ${id} ${json}${end}`).join("");
        let heard = 0;
        const receiver = { open: () => {}, line: () => (heard++ < 3 ? 10 : undefined) };
        const body = lineBody(ID, limits, receiver);
        const pieces = cut(mutated(Buffer.from(text), mutations), lengths);
        const understood = pieces.every((piece) => body.add(piece));
        const { answer } = body;
        if (answer?.kind === "answered") expect(text).toContain(`${answer.status} ${ID} `.slice(0, 2));
        expect([understood, heard <= 4]).toEqual([expect.any(Boolean), true]);
      }),
      tries(1_500),
    );
  });
});
