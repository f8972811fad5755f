import { type AddressInfo, connect } from "node:net";
import type { Json } from "@meringue/core";
import { describe, expect, test } from "vitest";
import { basic } from "../world.ts";
import { responsesIn } from "./raw-http.ts";
import { besiege, noAccess, type Siege } from "./siege.ts";

const INVALID = "The supplied authentication is invalid";

/**
 * A request of the attacker's whose body waits until the server has asked for it, which it does once the caller may do what
 * the head says, and until something has been done.
 * @returns status and error of the answer
 */
function held(siege: Siege, call: string, body: Json, meanwhile: () => Promise<unknown>): Promise<[number, unknown]> {
  const { world } = siege;
  const { port } = world.app.server.address() as AddressInfo;
  const text = JSON.stringify(body);
  const head = [
    `${call.replace(" ", " /api/v1/namespaces")} HTTP/1.1`,
    "Host: h",
    `Authorization: ${basic(world.guest)}`,
    "Content-Type: application/json",
    `Content-Length: ${text.length}`,
    "Expect: 100-continue",
    "Connection: close",
  ];
  return new Promise((resolve, reject) => {
    let received = "";
    let asked = false;
    const socket = connect(port, "127.0.0.1", () => socket.write(`${head.join("\r\n")}\r\n\r\n`));
    socket.on("error", reject);
    socket.on("data", (bytes) => {
      received += bytes.toString("latin1");
      if (asked || !received.startsWith("HTTP/1.1 100 ")) return;
      asked = true;
      meanwhile().then(() => socket.write(text), reject);
    });
    socket.on("close", () => {
      const last = responsesIn(received).at(-1);
      const json = JSON.parse(last?.body === "" ? "{}" : (last?.body ?? "{}")) as { readonly error?: unknown };
      resolve([last?.status ?? 0, json.error]);
    });
  });
}

const CODE: Json = { exec: { kind: "nodejs:24", code: "mine" } };
const CALLS: readonly (readonly [call: string, body: Json])[] = [
  ["PUT /_/actions/mine", CODE],
  ["PUT /_/packages/mine", {}],
  ["PUT /_/triggers/mine", {}],
  ["PUT /_/rules/mine", { trigger: "/_/poke", action: "/_/own" }],
  ["POST /_/actions/own?blocking=true", {}],
  ["POST /_/actions/bound/goods?blocking=true", {}],
  ["POST /_/triggers/poke", {}],
];

describe("§4 Attack: by a body that comes slowly", () => {
  test.each(CALLS)("%s is done when nothing happens meanwhile", async (call, body) => {
    const siege = await besiege();
    await siege.attack("GET", "/_/packages/bound");
    const [status] = await held(siege, call, body, () => Promise.resolve());
    expect(status).toBeLessThan(300);
    await siege.close();
  });

  test.each(CALLS)("%s is refused to whom was blocked meanwhile", async (call, body) => {
    const siege = await besiege();
    const block = () => siege.account("guest", (subject) => ({ ...subject, blocked: true }));
    expect(await held(siege, call, body, block)).toEqual([401, INVALID]);
    expect(siege.world.dispatcher.messages).toEqual([]);
    for (const type of ["action", "package", "trigger", "rule"] as const) {
      const names = (await siege.world.entities.list({ type, path: "guest" }, { skip: 0, limit: 99 })).map(
        ({ name }) => name,
      );
      expect(names).not.toContain("mine");
    }
    await siege.close();
  });

  test.each(["/other/actions/shop/goods", "/_/actions/bound/goods"])(
    "POST %s is refused when the package was made private meanwhile",
    async (path) => {
      const siege = await besiege();
      const close = () => siege.defend("PUT", "/other/packages/shop?overwrite=true", { publish: false });
      const refused = path.startsWith("/_") ? "guest/bound" : "other/shop";
      expect(await held(siege, `POST ${path}?blocking=true`, {}, close)).toEqual([403, noAccess(refused)]);
      expect(siege.world.dispatcher.messages).toEqual([]);
      await siege.close();
    },
  );
});
