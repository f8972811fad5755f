import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { describe, test } from "vitest";
import { couchServerUnavailable } from "./couchdb-server.ts";

describe.skipIf(couchServerUnavailable() !== undefined)("a test's own CouchDB (needs pouchdb-server)", () => {
  test("ends with the process that started it, however that ends, and takes its data along", async ({ expect }) => {
    const start = new URL("./couchdb-server.ts", import.meta.url).href;
    const program = `const { startCouchServer } = await import(${JSON.stringify(start)});
      console.log((await startCouchServer()).folder);
      setInterval(() => undefined, 1000);`;
    const owner = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [chunk] = (await once(owner.stdout, "data")) as [Buffer];
    const folder = chunk.toString().trim();
    expect(existsSync(folder)).toBe(true);

    owner.kill("SIGKILL");
    while (existsSync(folder)) await new Promise((resolve) => setTimeout(resolve, 20));
  });
});
