import { zip } from "./archives.ts";
import { type Case, caseSuite, errorOf, ONE_PAIR } from "./cases.ts";
import { type CommonSamples, commonConformance } from "./common-suite.ts";
import { nodejsLifeConformance } from "./nodejs-suite.ts";
import type { StartTarget, Upload } from "./target.ts";

const samples: CommonSamples = {
  echo: {
    code: `export function main(args: object): object {
      console.log("hello stdout"); console.error("hello stderr"); return args;
    }`,
  },
  otherMain: { code: "function niam<T>(args: T): T { return args; }", main: "niam" },
  noObject: { code: `export const main = (): string => "not a json object";` },
  unicode: {
    code: `interface Args { delimiter: string }
      function main({ delimiter }: Args) { const winter: string = "❄ " + delimiter + " ❄"; console.log(winter); return { winter }; }`,
  },
  environment: {
    code: `const { SOME_VAR, ANOTHER_VAR }: NodeJS.ProcessEnv = process.env; export const main = () => ({ SOME_VAR, ANOTHER_VAR });`,
  },
  context: {
    code: `const keys: string[] = ["api_host", "api_key", "namespace", "action_name", "action_version", "activation_id", "deadline"];
      export function main() {
        return Object.fromEntries(keys.map((key): [string, unknown] => [key, process.env["__OW_" + key.toUpperCase()]]));
      }`,
  },
  withoutCode: "refused",
};

const works: Case["check"] = ({ init, runs, stdout, stderr }, expect) => {
  expect(init).toEqual({ status: 200, body: { OK: true } });
  expect(runs[0]).toEqual({ status: 200, body: { it: "works" } });
  expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
};

async function binary(files: Parameters<typeof zip>[0], main?: string): Promise<Upload> {
  return { code: await zip(files), binary: true, ...(main !== undefined && { main }) };
}

/**
 * What actions of the typescript kinds rely on.
 * @param withoutTransform why enums and namespaces can't be compiled here, if they can't
 */
export function typescriptConformance(name: string, start: StartTarget, withoutTransform?: string): void {
  commonConformance(name, start, samples);
  caseSuite(`${name}, for types,`, start, typescriptCases(withoutTransform));
  nodejsLifeConformance(name, start);
}

function typescriptCases(withoutTransform: string | undefined): Case[] {
  const TS = `export const main = (): { it: string } => ({ it: "works" });`;
  return [
    {
      title: "runs modules with types, and with await at the top",
      upload: {
        code: `import type { Stats } from "node:fs"; import { basename } from "node:path";
          const it: string = await Promise.resolve("/works"); const none: Stats | undefined = undefined;
          export function main() { return none ?? { it: basename(it) }; }`,
      },
      check: works,
    },
    {
      title: "runs scripts that require",
      upload: {
        code: `const path: typeof import("node:path") = require("node:path");
          exports.main = (args: { n?: number }) => ({ it: path.basename("/works") });`,
      },
      check: works,
    },
    {
      title: "offers openwhisk",
      upload: {
        code: `import openwhisk from "openwhisk";
          export const main = (): object => ({ it: typeof openwhisk === "function" ? "works" : "no" });`,
      },
      check: works,
    },
    {
      title: "compiles enums and namespaces",
      skip: withoutTransform,
      upload: {
        code: `enum Word { Works = "works" } namespace Words { export const it = Word.Works; }
          class Box { constructor(readonly it: string) {} }
          export function main() { return { ...new Box(Words.it) }; }`,
      },
      check: works,
    },
    {
      title: "says at init what does not parse",
      upload: { code: "export function main(: string { }" },
      bodies: [],
      check: ({ init, stderr, sentinels }, expect) => {
        expect(init.status).toBe(502);
        expect(errorOf(init)).toMatch(/^Initialization has failed due to: (SyntaxError|Error)/);
        expect(stderr).toContain("Error during initialization: ");
        expect(sentinels).toEqual(ONE_PAIR);
      },
    },
    { title: "loads index.ts of an archive", upload: binary({ "index.ts": TS }), check: works },
    {
      title: "loads what package.json names",
      upload: binary({ "package.json": `{"main":"src/start.ts"}`, "src/start.ts": TS }),
      check: works,
    },
    {
      title: "loads a package of ES modules whose files import each other in any style",
      upload: binary({
        "package.json": `{"type":"module"}`,
        "index.ts": `import { a } from "./a.ts"; import { b } from "./b.js"; import { c } from "./c"; import { d } from "./d";
          export const main = () => ({ it: a + b + c + d });`,
        "a.ts": `export const a: string = "w";`,
        "b.ts": `export const b: string = "o";`,
        "c.ts": `export const c: string = "rk";`,
        "d/index.ts": `export const d: string = "s";`,
      }),
      check: works,
    },
    {
      title: "loads CommonJS files that require each other",
      upload: binary({
        "package.json": `{"type":"commonjs"}`,
        "index.ts": `const { it } = require("./it"); exports.main = (): object => ({ it });`,
        "it.ts": `const it: string = "works"; module.exports = { it };`,
      }),
      check: works,
    },
    { title: "loads a function of another file", upload: binary({ "other.ts": TS }, "other.main"), check: works },
    {
      title: "compiles enums in archives",
      skip: withoutTransform,
      upload: binary({ "index.ts": `enum Word { Works = "works" } export const main = () => ({ it: Word.Works });` }),
      check: works,
    },
    {
      title: "runs JavaScript too",
      upload: binary({ "index.js": `exports.main = () => ({ it: "works" });` }),
      check: works,
    },
  ];
}
