import { connect } from "node:net";

/** One response as it came over the wire. */
export interface RawResponse {
  readonly status: number;
  /** Without the status line. */
  readonly head: string;
  readonly body: string;
}

/** Writes bytes to a port as they are, and reads until the server closes. @returns what came, as it came. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(text, "latin1"));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
  });
}

/**
 * Cuts what came into responses, as a client or a proxy that reads them one after another does.
 * @param heads which of them answer HEAD, and so have no body.
 * @throws Error when what came is no row of whole responses.
 */
export function responsesIn(text: string, heads: readonly number[] = []): RawResponse[] {
  const found: RawResponse[] = [];
  for (let left = text; left !== ""; ) {
    const end = left.indexOf("\r\n\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(left)?.[1]);
    if (end === -1 || Number.isNaN(status)) throw new Error(`That is no response: ${left.slice(0, 80)}`);
    const [, ...lines] = left.slice(0, end).split("\r\n");
    const head = lines.join("\r\n");
    const { body, rest } = bodyOf(
      left.slice(end + 4),
      head,
      status < 200 || status === 204 || status === 304 || heads.includes(found.length),
    );
    found.push({ status, head, body });
    left = rest;
  }
  return found;
}

function bodyOf(text: string, head: string, none: boolean): { readonly body: string; readonly rest: string } {
  if (none) return { body: "", rest: text };
  const length = /^content-length: *(\d+)$/im.exec(head)?.[1];
  if (length !== undefined) return { body: text.slice(0, Number(length)), rest: text.slice(Number(length)) };
  if (!/^transfer-encoding: *chunked$/im.test(head)) return { body: text, rest: "" };
  let body = "";
  for (let left = text; ; ) {
    const line = left.indexOf("\r\n");
    const size = Number.parseInt(left.slice(0, line), 16);
    if (line === -1 || Number.isNaN(size)) throw new Error(`That is no chunk: ${left.slice(0, 80)}`);
    body += left.slice(line + 2, line + 2 + size);
    left = left.slice(line + 2 + size + 2);
    if (size === 0) return { body, rest: left };
  }
}
