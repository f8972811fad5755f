import { parseManifest } from "@meringue/core";
import { describe, test } from "vitest";
import { imagesOf, listRuntimes, type Surroundings } from "./list-runtimes.ts";
import { runtimesTable } from "./runtimes-table.ts";

const MANIFEST = parseManifest({
  runtimes: {
    python: [
      { kind: "python:3.11", default: true, image: { prefix: "ours", name: "python" } },
      {
        kind: "python:2",
        default: false,
        deprecated: true,
        image: { prefix: "ours", name: "python2" },
        description: "runs on 2.7",
      },
    ],
    swift: [{ kind: "swift:6", image: { prefix: "ours", name: "swift" } }],
  },
  blackboxes: [{ prefix: "openwhisk", name: "dockerskeleton", tag: "latest" }],
});

const here: Surroundings = {
  containers: "auto",
  launchers: {
    launcherFor: (kind) => (/^python:3|^blackbox/.test(kind) ? {} : `no launcher for ${kind}`),
    lineOf: (kind) => (kind === "python:3.11" ? "python:3.11 runs on Python 3.11.2 (/usr/bin/python3)" : undefined),
  },
  images: new Set(["ours/swift"]),
};

describe("the list of kinds", () => {
  test("says of each where it would run, with what, or why not", ({ expect }) => {
    const listing = listRuntimes(MANIFEST, here);
    expect(listing).toMatchObject([
      {
        ...{ kind: "python:3.11", family: "python", aliases: ["python:default"], deprecated: false, runsIn: "sandbox" },
        sandbox: { available: true, with: "Python 3.11.2 (/usr/bin/python3)" },
        docker: { available: false, why: "the image ours/python is not there", imagePresent: false },
      },
      {
        ...{ kind: "python:2", aliases: [], deprecated: true, runsIn: null, description: "runs on 2.7" },
        sandbox: { available: false, why: "no launcher for python:2" },
      },
      {
        ...{ kind: "swift:6", aliases: ["swift:default"], runsIn: "docker" },
        docker: { available: true, with: "ours/swift", image: "ours/swift", imagePresent: true },
      },
      { kind: "blackbox", runsIn: "sandbox", docker: { image: "openwhisk/dockerskeleton:latest" } },
    ]);
  });

  test("follows --containers, and knows no images without an engine", ({ expect }) => {
    const places = (over: Partial<Surroundings>) =>
      listRuntimes(MANIFEST, { ...here, ...over }).map(({ runsIn }) => runsIn);
    expect(places({ containers: "sandbox" })).toEqual(["sandbox", null, null, "sandbox"]);
    expect(places({ containers: "docker", launchers: undefined })).toEqual([null, null, "docker", null]);
    expect(places({ images: "no engine" })).toEqual(["sandbox", null, null, "sandbox"]);
    const [, , swift] = listRuntimes(MANIFEST, { ...here, images: "no engine" });
    expect(swift?.docker).toEqual({ available: false, why: "no engine", image: "ours/swift", imagePresent: null });
  });

  test("asks for every image once", ({ expect }) => {
    expect(imagesOf(MANIFEST)).toEqual([
      "ours/python",
      "ours/python2",
      "ours/swift",
      "openwhisk/dockerskeleton:latest",
    ]);
  });

  test("is a table of aligned columns", ({ expect }) => {
    expect(runtimesTable(listRuntimes(MANIFEST, here), undefined).slice(0, 5)).toEqual([
      "kind                   runs in  image                                      in the sandbox",
      "python:3.11 *          sandbox  ours/python (missing)                      Python 3.11.2 (/usr/bin/python3)",
      "python:2 (deprecated)  nowhere  ours/python2 (missing, runs on 2.7)        no: no launcher for python:2",
      "swift:6 *              docker   ours/swift                                 no: no launcher for swift:6",
      "blackbox               sandbox  openwhisk/dockerskeleton:latest (missing)  programs that this machine can run",
    ]);
    expect(runtimesTable([], "there is no engine").at(-1)).toBe("no other images: there is no engine");
  });
});
