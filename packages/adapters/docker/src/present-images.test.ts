import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, test } from "vitest";
import { EngineError } from "./engine-client.ts";
import { presentImages } from "./present-images.ts";

/** An engine that has the images whose paths are told, and says 500 of `broken`. @returns its socket */
async function engineWith(...images: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "meringue-engine-"));
  const server = createServer(({ url = "" }, response) => {
    const image = decodeURIComponent(/\/images\/(.+)\/json$/.exec(url)?.[1] ?? "");
    const status = url === "/version" || images.includes(image) ? 200 : image === "broken" ? 500 : 404;
    response.writeHead(status, { "content-type": "application/json" }).end('{"ApiVersion":"1.41"}');
  });
  const path = join(folder, "docker.sock");
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });
  return path;
}

test("an engine is asked which images it has, names with registries and tags among them", async ({ expect }) => {
  const socket = await engineWith("a/b", "localhost:5000/c/d:1.2");
  const present = await presentImages(socket, ["a/b", "a/missing", "localhost:5000/c/d:1.2"]);
  expect([...present]).toEqual(["a/b", "localhost:5000/c/d:1.2"]);
});

test("an engine that fails is not taken for one without the image", async ({ expect }) => {
  await expect(presentImages(await engineWith(), ["broken"])).rejects.toThrow(EngineError);
  await expect(presentImages("/nowhere/docker.sock", ["a"])).rejects.toThrow("/nowhere/docker.sock");
});
