import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, onTestFinished, test } from "vitest";
import { loadOrCreateSecret, SecretFileUnusable } from "./secret-file.ts";

async function secretPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "meringue-secret-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "data", "secret");
}

describe("the secret file", () => {
  test("is made at the first start, and read at the next", async ({ expect }) => {
    const path = await secretPath();
    const first = await loadOrCreateSecret(path);

    expect(first).toHaveLength(32);
    expect(await loadOrCreateSecret(path)).toEqual(first);
    expect(await readdir(join(path, ".."))).toEqual(["secret"]);
  });

  test.skipIf(process.platform === "win32")("is readable by its owner only (needs POSIX modes)", async ({ expect }) => {
    const path = await secretPath();
    await loadOrCreateSecret(path);

    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test("is one even when several processes make it at once", async ({ expect }) => {
    const path = await secretPath();
    const secrets = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateSecret(path)));

    expect(new Set(secrets.map((secret) => Buffer.from(secret).toString("hex"))).size).toBe(1);
  });

  test.skipIf(process.platform === "win32")(
    "is refused when others can read it (needs POSIX modes)",
    async ({ expect }) => {
      const path = await secretPath();
      await loadOrCreateSecret(path);
      await chmod(path, 0o640);

      await expect(loadOrCreateSecret(path)).rejects.toThrow(SecretFileUnusable);
      await expect(loadOrCreateSecret(path)).rejects.toThrow(/by others \(mode 640\).*chmod 600/);
    },
  );

  test.for(["", "short", "zz".repeat(32), "ab".repeat(33)])(
    "is refused when it holds %j, and left as it is",
    async (text, { expect }) => {
      const path = await secretPath();
      await loadOrCreateSecret(path);
      await writeFile(path, text);

      await expect(loadOrCreateSecret(path)).rejects.toThrow(/does not hold a secret/);
      expect(await readFile(path, "utf8")).toBe(text);
    },
  );
});
