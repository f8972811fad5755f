import { describe, test } from "vitest";
import { parseRunCommand } from "./parse-run-command.ts";

function problem(...words: string[]): string {
  const request = parseRunCommand(words);
  return request.kind === "usage" ? request.problem : request.kind;
}

describe("the words of meringue run", () => {
  test("are a file, parameters of several sorts in their order, limits and settings", ({ expect }) => {
    const line =
      "a.py -p n=3 -P more.json --param name Ada --env K=V -a stream=true -m 256 -t=500 -b --manifest m.json";
    expect(parseRunCommand(line.split(" "))).toEqual({
      ...{ kind: "run", file: "a.py", runtime: undefined, main: undefined, image: undefined, native: false },
      parameters: [
        { from: "words", pair: { key: "n", value: 3 } },
        { from: "file", path: "more.json" },
        { from: "words", pair: { key: "name", value: "Ada" } },
      ],
      env: [{ key: "K", value: "V" }],
      annotations: [{ key: "stream", value: true }],
      limits: { memory: 256, timeout: 500 },
      ...{ wholeRecord: true, verbose: false, apiHost: undefined, auth: undefined },
      flags: ["--manifest", "m.json"],
    });
  });

  test("take values that hold equals signs, are empty or are JSON", ({ expect }) => {
    const request = parseRunCommand(["a.py", "-p", "a=b=c", "-p", "e=", "-p", 'o={"x":[1]}', "-p", "k", "a=b"]);
    expect(request).toMatchObject({
      parameters: [
        { pair: { key: "a", value: "b=c" } },
        { pair: { key: "e", value: "" } },
        { pair: { key: "o", value: { x: [1] } } },
        { pair: { key: "k", value: "a=b" } },
      ],
    });
  });

  test("are refused with what is wrong about them", ({ expect }) => {
    expect(problem()).toBe("what is to be run?");
    expect(problem("a.py", "b.py")).toBe("one FILE is run at a time, not a.py and b.py");
    expect(problem("a.py", "--nonsense")).toBe("there is no option --nonsense");
    expect(problem("a.py", "-m", "much")).toBe('-m wants a whole number, not "much"');
    expect(problem("a.py", "-p")).toBe("-p wants a value");
    expect(problem("a.py", "-p", "key")).toBe('-p wants KEY=VALUE, not "key"');
    expect(problem("a.py", "--blocking=yes")).toBe("--blocking takes no value");
    expect(problem("a.py", "--kind", "python:3", "--docker", "x")).toBe(
      "--kind, --docker and --native exclude each other",
    );
  });

  test("need no file with an image, and may name one that looks like an option", ({ expect }) => {
    expect(parseRunCommand(["--docker", "me/mine"])).toMatchObject({ kind: "run", file: undefined, image: "me/mine" });
    expect(parseRunCommand(["--", "-a.py"])).toMatchObject({ kind: "run", file: "-a.py" });
    expect(parseRunCommand(["-", "--kind", "go:default"])).toMatchObject({ file: "-", runtime: "go:default" });
    expect(problem("a.py", "--help")).toBe("help");
  });
});
