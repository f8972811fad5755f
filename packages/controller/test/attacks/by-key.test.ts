import { type AddressInfo, connect } from "node:net";
import type { Subject } from "@meringue/core";
import { describe, expect, test } from "vitest";
import { call } from "../call.ts";
import { action } from "../programs.ts";
import { annotations } from "../web-cases.ts";
import { basic } from "../world.ts";
import { besiege, type Siege } from "./siege.ts";

const INVALID = "The supplied authentication is invalid";
const block = (subject: Subject): Subject => ({ ...subject, blocked: true });
const unblock = (subject: Subject): Subject => ({ ...subject, blocked: false });
const withKey =
  (key: string) =>
  (subject: Subject): Subject => ({
    ...subject,
    namespaces: subject.namespaces.map((each) => ({ ...each, key })),
  });

/** Every kind of call that needs a key. */
const CALLS: readonly (readonly [method: string, path: string])[] = [
  ["GET", "/"],
  ["GET", "/_/actions"],
  ["GET", "/_/actions/own"],
  ["PUT", "/_/actions/own?overwrite=true"],
  ["DELETE", "/_/actions/own"],
  ["POST", "/_/actions/own?blocking=true"],
  ["GET", "/_/packages/bound"],
  ["POST", "/_/actions/bound/goods"],
  ["POST", "/_/triggers/poke"],
  ["GET", "/_/activations"],
  ["GET", "/_/limits"],
  ["GET", "/_/nothing"],
];

async function tryAll({ attack }: Siege): Promise<(readonly [number, unknown])[]> {
  const answers = await Promise.all(CALLS.map(([method, path]) => attack(method, path)));
  return answers.map(({ status, json }) => [status, json?.["error"]]);
}

const refused = CALLS.map(() => [401, INVALID]);

describe("§4 Attack: by a key that counts no more", () => {
  test("of a subject that is blocked: at once, for everything, although it was good a moment ago", async () => {
    const siege = await besiege();
    expect((await siege.attack("GET", "/")).status).toBe(200);
    await siege.account("guest", block);
    expect(await tryAll(siege)).toEqual(refused);
    expect(siege.world.dispatcher.messages).toEqual([]);
    await siege.account("guest", unblock);
    expect((await siege.attack("GET", "/")).status).toBe(200);
    await siege.close();
  });

  test("that was replaced by another: at once", async () => {
    const siege = await besiege();
    const { world } = siege;
    expect((await siege.attack("GET", "/")).status).toBe(200);
    const key = "n".repeat(64);
    await siege.account("guest", withKey(key));
    expect(await tryAll(siege)).toEqual(refused);
    const renewed = basic({ authKey: `${world.guest.namespace.uuid}:${key}` });
    expect((await call(world.url, "/api/v1/namespaces", { headers: { Authorization: renewed } })).json).toEqual([
      "guest",
    ]);
    await siege.close();
  });

  test("of a subject that was deleted: at once", async () => {
    const siege = await besiege();
    const { subject } = siege.world.guest;
    expect((await siege.attack("GET", "/")).status).toBe(200);
    await siege.world.subjects.delete(subject);
    siege.world.changes.publish({ kind: "subject", subject });
    expect(await tryAll(siege)).toEqual(refused);
    await siege.close();
  });

  test("of a namespace that was taken from its subject: at once", async () => {
    const siege = await besiege();
    expect((await siege.attack("GET", "/")).status).toBe(200);
    await siege.account("guest", (subject) => ({ ...subject, namespaces: [] }));
    expect(await tryAll(siege)).toEqual(refused);
    await siege.close();
  });

  test("of one who is blocked while others are not: theirs are as good as ever", async () => {
    const siege = await besiege();
    await siege.account("guest", block);
    expect((await siege.defend("GET", "/_/actions/hidden")).status).toBe(200);
    await siege.close();
  });

  test("on a connection that is kept open", async () => {
    const siege = await besiege();
    const lines = `GET /api/v1/namespaces HTTP/1.1\r\nHost: h\r\nAuthorization: ${basic(siege.world.guest)}\r\n\r\n`;
    const { port } = siege.world.app.server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    const next = () => new Promise<string>((resolve) => socket.once("data", (bytes) => resolve(bytes.toString())));
    socket.write(lines);
    expect(await next()).toMatch(/^HTTP\/1\.1 200 /);
    await siege.account("guest", block);
    socket.write(lines);
    expect(await next()).toMatch(/^HTTP\/1\.1 401 /);
    socket.destroy();
    await siege.close();
  });

  test.each([
    ["the victim's uuid with one's own key", (uuid: string, key: string) => `${uuid}:${key}`],
    ["the victim's uuid with no key", (uuid: string) => `${uuid}:`],
    ["the victim's uuid with a key of blanks", (uuid: string) => `${uuid}:${" ".repeat(64)}`],
    ["the victim's uuid with a wildcard", (uuid: string) => `${uuid}:${"%".repeat(64)}`],
    ["no uuid", (_uuid: string, key: string) => `:${key}`],
    ["two pairs", (uuid: string, key: string) => `${uuid}:${key}:${key}`],
  ])("made of %s", async (_name, pair) => {
    const siege = await besiege();
    const { guest, other, url } = siege.world;
    const [, key = ""] = guest.authKey.split(":");
    const headers = { Authorization: basic({ authKey: pair(other.namespace.uuid, key) }) };
    const { status, json } = await call(url, "/api/v1/namespaces/other/actions/hidden", { headers });
    expect([status, json["error"]]).toEqual([401, INVALID]);
    await siege.close();
  });
});

describe("§4 Attack: by the web actions of one who is blocked", () => {
  test("are not there any more, at once, and again when he is not", async () => {
    const siege = await besiege();
    await siege.world.store(action("guest/page", { annotations: annotations({ "web-export": true }) }));
    const page = () => call(siege.world.url, "/api/v1/web/guest/default/page.json");
    expect((await page()).status).toBe(200);
    await siege.account("guest", block);
    expect((await page()).status).toBe(404);
    await siege.account("guest", unblock);
    expect((await page()).status).toBe(200);
    await siege.close();
  });

  test("that ask for a key do not take that of one who is blocked", async () => {
    const siege = await besiege();
    const locked = annotations({ "web-export": true, "require-whisk-auth": true });
    await siege.world.store(action("other/page", { annotations: locked }));
    const page = () => siege.attack("GET", "//api/v1/web/other/default/page.json");
    expect((await page()).status).toBe(200);
    await siege.account("guest", block);
    expect((await page()).status).toBe(401);
    await siege.close();
  });
});
