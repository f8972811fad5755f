import fc from "fast-check";
import { describe, test } from "vitest";
import { parseImageName, withTag } from "./image-name.ts";

const DIGEST = `sha256:${"0aF".repeat(12)}`;

describe("the name of an image", () => {
  test.for([
    "openwhisk/dockerskeleton",
    "name",
    "name:tag",
    "a.b",
    "p/a_b.c--d/e__f:T_a.g-1",
    "docker.io/a/b",
    "Docker.IO/a",
    "localhost:5000/a/b:x",
    "my-registry.example.com:80/p/n:latest",
    "localhost/a",
    "host:80",
    "0",
  ])("may be %s", (text, { expect }) => {
    expect(parseImageName(text)).toBe(text);
  });

  test.for([
    "",
    "ABC",
    "p/a:x:y",
    "Foo/bar",
    "p/A",
    "a/",
    "/a",
    "a//b",
    "-a",
    "a-",
    "a..b",
    "a___b",
    "_a",
    "a:",
    "a:-x",
    "a b",
    "-x.io/a",
    "x:port/a",
    "a@sha256:abc",
    `a:${"t".repeat(129)}`,
    "a".repeat(5000),
  ])("may not be %j", (text, { expect }) => {
    expect(parseImageName(text)).toBeUndefined();
  });

  test("loses its digest and nothing else", ({ expect }) => {
    expect(parseImageName(`docker.io/p/n:t@${DIGEST}`)).toBe("docker.io/p/n:t");
    expect(parseImageName(`n@a+b.c_d-e:${"0".repeat(32)}`)).toBe("n");
    expect(parseImageName(`n@${DIGEST}x`)).toBeUndefined();
  });

  test("comes back from its parts", ({ expect }) => {
    const pathPart = fc.stringMatching(/^[a-z0-9]{1,4}((\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}$/);
    const registry = fc.stringMatching(/^[a-zA-Z0-9]{1,5}((\.[a-zA-Z0-9]{1,5}){1,2}|:[0-9]{1,5})\/$/);
    const tag = fc.stringMatching(/^:[A-Za-z0-9_][A-Za-z0-9_.-]{0,10}$/);
    const path = fc.array(pathPart, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
    const maybe = (text: fc.Arbitrary<string>) => fc.oneof(fc.constant(""), text);
    fc.assert(
      fc.property(
        maybe(registry),
        path,
        maybe(tag),
        maybe(fc.constant(`@${DIGEST}`)),
        (domain, name, version, digest) => {
          expect(parseImageName(domain + name + version + digest)).toBe(domain + name + version);
        },
      ),
    );
  });

  test("never takes long to refuse", ({ expect }) => {
    const started = performance.now();
    for (const unit of ["a", "a-", "a.", "-", "_", "a/", "1:"]) parseImageName(`${unit.repeat(2000)}#`);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test("means latest when it has no tag", ({ expect }) => {
    expect(withTag("p/n")).toBe("p/n:latest");
    expect(withTag("host:80/p/n")).toBe("host:80/p/n:latest");
    expect(withTag("host:80/p/n:1")).toBe("host:80/p/n:1");
  });
});
