import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, test } from "vitest";
import { findSwift } from "./find-swift.ts";

describe("findSwift", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });
  const toolchain = (says: string): string => {
    const root = mkdtempSync(join(tmpdir(), "swift-"));
    folders.push(root);
    mkdirSync(join(root, "bin"));
    writeFileSync(join(root, "bin/swiftc"), `#!/bin/sh\necho '${says}'\n`);
    chmodSync(join(root, "bin/swiftc"), 0o755);
    return root;
  };

  test("takes the toolchain that is named", async ({ expect }) => {
    const root = toolchain("Swift version 6.0.3 (swift-6.0.3-RELEASE)");

    expect(await findSwift({ MERINGUE_SWIFT: root })).toEqual({ root, version: "6.0.3" });
  });

  test("follows a link on the path to the toolchain", async ({ expect }) => {
    const root = toolchain("Apple Swift version 5.10 (swift-5.10)");
    const programs = mkdtempSync(join(tmpdir(), "bin-"));
    folders.push(programs);
    symlinkSync(join(root, "bin/swiftc"), join(programs, "swiftc"));

    expect(await findSwift({ PATH: programs })).toEqual({ root, version: "5.10" });
  });

  test("passes by what is called so and says something else", async ({ expect }) => {
    const other = toolchain("OpenStack Swift");
    const root = toolchain("Swift version 6.1 (swift-6.1-RELEASE)");

    expect(await findSwift({ MERINGUE_SWIFT: other, PATH: join(root, "bin") })).toEqual({ root, version: "6.1" });
  });
});
