import type { Json, JsonObject } from "@meringue/core";
import { aPackage } from "@meringue/testkit";
import { describe, expect, test } from "vitest";
import { type Answer, call } from "../call.ts";
import { action, named } from "../programs.ts";
import { annotations } from "../web-cases.ts";
import { basic } from "../world.ts";
import { responsesIn, sendRaw } from "./raw-http.ts";
import { besiege, SECRET, type Siege } from "./siege.ts";

const OTHERS = "/api/v1/web/other/default";
const told = [{ key: "secret", value: SECRET }];
const exported = (more: Readonly<Record<string, Json>> = {}) => annotations({ "web-export": true, ...more });

/** Web actions of the victim's, which answer with what they were given unless they are told otherwise. */
async function pages(result?: JsonObject): Promise<Siege> {
  const siege = await besiege();
  await siege.world.store(
    action("other/page", { annotations: exported() }),
    action("other/final", { annotations: exported({ final: true }), parameters: told }),
    action("other/raw", { annotations: exported({ "raw-http": true }) }),
    action("other/locked", { annotations: exported({ "require-whisk-auth": "open sesame" }), parameters: told }),
    action("other/keyed", { annotations: exported({ "require-whisk-auth": true }) }),
    action("guest/page", { annotations: exported() }),
    aPackage({ name: named("lure"), binding: { namespace: named("other"), name: named("vault") } }),
    action("other/vault/page", { annotations: exported(), parameters: told }),
  );
  if (result !== undefined) siege.world.dispatcher.behave(() => ({ statusCode: 0, result }));
  return siege;
}

const FORM = "application/x-www-form-urlencoded";
const RESERVED = ["__ow_user", "__ow_method", "__ow_headers", "__ow_path", "__ow_query", "__ow_body"];

describe("§5.5 Attack: by the parameters of a web action", () => {
  interface Way {
    readonly name: string;
    readonly query?: (key: string) => string;
    readonly type?: string;
    readonly body?: (key: string) => string;
  }
  const escaped = (key: string) => `\\u${key.charCodeAt(0).toString(16).padStart(4, "0")}${key.slice(1)}`;
  const JSON_TYPE = "application/json";
  const ways: readonly Way[] = [
    { name: "in the query", query: (key) => `?${key}=x` },
    {
      name: "percent-encoded in the query",
      query: (key) => `?${key.replace(/[_e]/g, "%$&")}=x`.replaceAll("%_", "%5F").replaceAll("%e", "%65"),
    },
    { name: "twice in the query", query: (key) => `?a=1&${key}=x&${key}=y` },
    { name: "without a value", query: (key) => `?${key}` },
    { name: "in a JSON body", type: JSON_TYPE, body: (key) => JSON.stringify({ [key]: "x" }) },
    { name: "escaped in a JSON body", type: JSON_TYPE, body: (key) => `{"a":1,"${escaped(key)}":"x"}` },
    { name: "in a form", type: FORM, body: (key) => `a=1&${key}=x` },
    {
      name: "in a form, behind a query",
      query: () => "?a=1",
      type: FORM,
      body: (key) => `${key.replaceAll("_", "%5f")}=x`,
    },
  ];

  test.each(ways)("what only the server may say: $name", async ({ query, type, body }) => {
    const siege = await pages();
    for (const key of [...RESERVED, "secret"]) {
      const target = key === "secret" ? "final" : "page";
      const answer = await call(siege.world.url, `${OTHERS}/${target}.json${query?.(key) ?? ""}`, {
        method: body === undefined ? "GET" : "POST",
        headers: type === undefined ? {} : { "Content-Type": type },
        body: body?.(key),
      });
      expect([key, answer.status, answer.json["error"]]).toEqual([
        ...[key, 400],
        "Request defines parameters that are not allowed (e.g., reserved properties).",
      ]);
    }
    expect(siege.world.dispatcher.messages).toEqual([]);
    await siege.close();
  });

  test.each([
    ["no key", undefined, undefined],
    ["one's own key", "guest", "guest"],
    ["a key that is none", "nobody", undefined],
  ] as const)("who calls is told by the server alone: %s", async (_name, who, user) => {
    const siege = await pages();
    const key = who === "guest" ? basic(siege.world.guest) : "Basic bm9ib2R5Om5vYm9keQ==";
    const headers = {
      ...(who === undefined ? {} : { Authorization: key }),
      ...{ __ow_user: "other", "X-OW-User": "other", "x-forwarded-user": "other" },
    };
    for (const page of ["page.json", "raw.json?__ow_user=other&__ow_method=put"]) {
      const { json } = await call(siege.world.url, `${OTHERS}/${page}`, { headers });
      expect([page, json["__ow_user"], json["__ow_method"]]).toEqual([page, user, "get"]);
    }
    await siege.close();
  });

  test.each([
    [{}],
    [{ "X-Require-Whisk-Auth": "" }],
    [{ "X-Require-Whisk-Auth": "true" }],
    [{ "X-Require-Whisk-Auth": "open" }],
    [{ "X-Require-Whisk-Auth": "OPEN SESAME" }],
    [{ "X-Require-Whisk-Auth": "open sesame, open sesame" }],
    [{ "X-Require-Whisk-Auth": "undefined" }],
    [{ Authorization: "Basic b3BlbiBzZXNhbWU=" }],
    [{ Cookie: "x-require-whisk-auth=open sesame" }],
  ] as readonly [Record<string, string>][])("a lock is not opened by %j", async (headers) => {
    const siege = await pages();
    const queries = ["", "?require-whisk-auth=false", "?x-require-whisk-auth=open%20sesame", "?web-export=true"];
    for (const query of queries) {
      for (const method of ["GET", "POST", "HEAD", "PATCH"]) {
        const { status, text } = await call(siege.world.url, `${OTHERS}/locked.json${query}`, { method, headers });
        expect([query, method, status, text.includes(SECRET)]).toEqual([query, method, 401, false]);
      }
    }
    expect(siege.world.dispatcher.messages).toEqual([]);
    await siege.close();
  });

  test.each(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"])("nor one that asks for a key, by %s", async (method) => {
    const siege = await pages();
    const victims = basic(siege.world.other);
    const wrong = [
      "",
      "Basic",
      victims.slice(0, -4),
      `Bearer ${victims.slice(6)}`,
      `${victims}, ${victims}`,
      victims.slice(6),
    ];
    for (const Authorization of wrong) {
      const headers = { Authorization };
      const { status } = await call(siege.world.url, `${OTHERS}/keyed.json`, { method, headers });
      expect([Authorization, status]).toEqual([Authorization, 401]);
    }
    await siege.close();
  });

  test.each([
    ["/api/v1/web/guest/lure/page.json", 403],
    ["/api/v1/web/guest/lure/hidden.json", 404],
    ["/api/v1/web/other/default/hidden.json", 404],
    ["/api/v1/web/other/vault/hidden.json", 404],
    ["/api/v1/web/other/shop/goods.json", 404],
    ["/api/v1/web/_/default/hidden.json", 404],
    ["/api/v1/web/other/default/hidden/page.json", 404],
  ])("what is not exported, or not to the caller: %s", async (path, status) => {
    const siege = await pages();
    const answers: Answer[] = [];
    for (const headers of [{}, { Authorization: basic(siege.world.guest) }]) {
      answers.push(await call(siege.world.url, path, { headers }));
    }
    expect(answers.map((answer) => [answer.status, answer.text.includes(SECRET)])).toEqual([
      [status, false],
      [status, false],
    ]);
    expect(siege.world.dispatcher.messages).toEqual([]);
    await siege.close();
  });
});

const FAKE = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake";

/** What the caller behind the attacker's action gets on one connection: first that action's answer, then its own. */
async function pipelined(
  result: JsonObject,
  method = "GET",
): Promise<{ readonly own: number; readonly next: unknown }> {
  const siege = await pages();
  siege.world.dispatcher.behave(({ action: { id } }) => ({
    statusCode: 0,
    result: id === "guest/page" ? result : { statusCode: 200, body: "the victim's" },
  }));
  const first = `${method} /api/v1/web/guest/default/page.http HTTP/1.1\r\nHost: h\r\n\r\n`;
  const second = `GET ${OTHERS}/page.http HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`;
  const text = await sendRaw(siege.world.port, first + second);
  await siege.close();
  const responses = responsesIn(text, method === "HEAD" ? [0] : []);
  const [own, next, ...more] = responses;
  expect(more).toEqual([]);
  return { own: own?.status ?? 0, next: next && [next.status, next.body] };
}

describe("§8 Attack: by headers through .http", () => {
  test.each<[string, JsonObject]>([
    ["a length that is too short", { body: FAKE, headers: { "Content-Length": 0 } }],
    ["a length that is too long", { body: "x", headers: { "content-length": "999" } }],
    ["chunks that are none", { body: FAKE, headers: { "Transfer-Encoding": "chunked" } }],
    ["both", { body: `0\r\n\r\n${FAKE}`, headers: { "CONTENT-LENGTH": 3, "TRANSFER-ENCODING": "chunked" } }],
    ["several lengths", { body: FAKE, headers: { "content-length": [0, 1], "Content-length": 2 } }],
    ["a name with a blank", { body: FAKE, headers: { "content-length ": 0 } }],
    ["a line break in a value", { body: "x", headers: { "x-a": `a\r\nContent-Length: 0\r\n\r\n${FAKE}` } }],
    ["a line break in a name", { body: "x", headers: { "x-a\r\nContent-Length": "0" } }],
    ["a connection that is to be closed", { body: "x", headers: { Connection: "close" } }],
    ["an upgrade", { statusCode: 101, headers: { Connection: "upgrade", Upgrade: "websocket" }, body: FAKE }],
    ["a trailer", { body: FAKE, headers: { Trailer: "content-length", TE: "trailers" } }],
    ...[100, 102, 103, 204, 205, 304].map((statusCode): [string, JsonObject] => [
      `a body behind ${statusCode}`,
      { statusCode, body: FAKE },
    ]),
    ["a body in base64", { body: Buffer.from(FAKE).toString("base64"), headers: { "content-type": "image/png" } }],
  ])("the next answer on the connection is whole after %s", async (_name, result) => {
    for (const method of ["GET", "HEAD", "POST"]) {
      const { own, next } = await pipelined(result, method);
      expect([method, own >= 200, next]).toEqual([method, true, [200, "the victim's"]]);
    }
  });

  test.each([
    ["a length with a sign", "Content-Length: +5"],
    ["a length in hexadecimal", "Content-Length: 0x5"],
    ["a length with a comma", "Content-Length: 5, 5"],
    ["two lengths", "Content-Length: 0\r\nContent-Length: 44"],
    ["a length and chunks", "Content-Length: 44\r\nTransfer-Encoding: chunked"],
    ["chunks that are nearly that", "Transfer-Encoding: xchunked"],
    ["chunks twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"],
    ["chunks with a tab", "Transfer-Encoding:\tchunked, identity"],
    ["a blank before the colon", "Transfer-Encoding : chunked"],
    ["a name in a line of its own", "X-A: b\r\n Transfer-Encoding: chunked"],
    ["a bare line feed", "X-A: b\nContent-Length: 5"],
    ["a bare carriage return", "X-A: b\rContent-Length: 5"],
    ["NUL", "X-A: b\0"],
  ])("a request that hides another is refused whole: %s", async (_name, header) => {
    const siege = await pages();
    const hidden = `POST ${OTHERS}/page.http HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`;
    const text = `POST /api/v1/web/guest/default/page.http HTTP/1.1\r\nHost: h\r\n${header}\r\n\r\n0\r\n\r\n${hidden}`;
    const responses = responsesIn(await sendRaw(siege.world.port, text));
    expect(responses.map(({ status }) => status)).toEqual([400]);
    expect(siege.world.dispatcher.messages).toEqual([]);
    await siege.close();
  });

  test.each([
    ["/api/v1/namespaces", 401],
    [`${OTHERS}/none.http`, 404],
    ["/api/v1/web/guest/default/page.http", 204],
    ["/ping", 405],
  ])("a body is no request, also where nobody reads it: POST %s", async (path, status) => {
    const siege = await pages();
    const hidden = `GET ${OTHERS}/page.http HTTP/1.1\r\nHost: h\r\n\r\n`;
    const first = `POST ${path} HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`;
    const last = "GET /ping HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    const responses = responsesIn(await sendRaw(siege.world.port, first + last));
    expect(responses.map((response) => response.status)).toEqual([status, 200]);
    expect(siege.world.dispatcher.messages.map((message) => message.action.id)).not.toContain("other/page");
    await siege.close();
  });

  test("the caller's request headers reach the action as what they are, and none of them is an argument", async () => {
    const siege = await pages();
    const { json } = await call(siege.world.url, `${OTHERS}/page.json`, {
      headers: { secret: "x", __ow_path: "/x", "x-__ow_method": "put" },
    });
    expect(Object.keys(json).toSorted()).toEqual(["__ow_headers", "__ow_method", "__ow_path"]);
    expect(json["__ow_path"]).toBe("");
    await siege.close();
  });
});
