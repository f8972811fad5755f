import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, test } from "vitest";
import { maxConnections } from "./descriptors.ts";

/** Beyond those few that Node itself keeps from what it starts. */
const DESCRIPTOR = 40;
/** Says what a grandchild finds behind that descriptor, after this process has been rid of what it was started with. */
const PROGRAM = `
  const { closeInheritedDescriptors } = await import(process.argv[1]);
  if (process.argv[2] === "close") closeInheritedDescriptors();
  const { execFileSync } = await import("node:child_process");
  process.stdout.write(execFileSync("sh", ["-c", "cat /proc/self/fd/${DESCRIPTOR} 2>/dev/null || echo nothing"]));
`;

/** Runs the program with a file of the host open as descriptor 9. */
async function startedWithOpenFile(what: "close" | "keep", isCertificates = false): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "meringue-descriptors-"));
  const file = join(folder, "secret");
  writeFileSync(file, "secret");
  const descriptor = openSync(file, "r");
  try {
    const module = new URL("descriptors.ts", import.meta.url).href;
    const stdio = Array.from({ length: DESCRIPTOR }, () => "ignore" as "ignore" | "pipe");
    stdio[1] = "pipe";
    const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM, module, what], {
      stdio: [...stdio, descriptor],
      ...(isCertificates ? { env: { ...process.env, NODE_EXTRA_CA_CERTS: file } } : {}),
    });
    const [said] = await Promise.all([text(child.stdout ?? never()), once(child, "exit")]);
    return said.trim();
  } finally {
    closeSync(descriptor);
    rmSync(folder, { recursive: true });
  }
}

function never(): never {
  throw new Error("a pipe was asked for");
}

describe.skipIf(process.platform !== "linux")("what a server was started with", () => {
  test("would reach what it starts itself", async ({ expect }) => {
    expect(await startedWithOpenFile("keep")).toBe("secret");
  });

  test("is closed before anything is started", async ({ expect }) => {
    expect(await startedWithOpenFile("close")).toBe("nothing");
  });

  test("is left alone where it is the certificates that Node itself may be reading", async ({ expect }) => {
    expect(await startedWithOpenFile("close", true)).toBe("secret");
  });
});

describe("a listener", () => {
  test("may hold many connections, but not all descriptors", ({ expect }) => {
    expect(maxConnections()).toBeGreaterThanOrEqual(64);
    expect(maxConnections()).toBeLessThan(1_000_000);
  });
});
