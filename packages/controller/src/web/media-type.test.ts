import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isJson, isJsonFamily, mediaTypeText, parseMediaType } from "./media-type.ts";

describe("a content type", () => {
  test.each([
    ["text/html", "text"],
    ["TEXT/HTML", "text"],
    ["application/xml", "text"],
    ["application/javascript", "text"],
    ["application/json", "utf-8"],
    ["application/problem+json", "utf-8"],
    ["text/event-stream", "utf-8"],
    ["application/x-www-form-urlencoded", "utf-8"],
    ["image/svg+xml", "binary"],
    ["image/svg+xml; charset=utf-8", "binary"],
    ["application/pdf", "binary"],
    ["multipart/form-data; boundary=x", "binary"],
    ["application/hal+json", "binary"],
    ["text/javascript", "binary"],
    ["text/foo", "binary"],
    ["text/foo; charset=utf-8", "text"],
    ["application/yaml;charset=utf-8", "text"],
  ])("%s is %s", (text, form) => {
    expect(parseMediaType(text)?.form).toBe(form);
  });

  test.each([
    "",
    "x",
    "/",
    "a/",
    "/a",
    "a/b/c",
    "a b/c",
    "a/b;",
    "a/b; c",
    "a/b; c=",
    'a/b; c="d',
    "a/b\r\nx: y",
    'a/b; c="\n"',
    "a/ä",
  ])("is not %j", (text) => {
    expect(parseMediaType(text)).toBeUndefined();
  });

  test("is JSON by its name alone, whatever its charset", () => {
    const judge = (text: string) => {
      const type = parseMediaType(text);
      return type && [isJson(type), isJsonFamily(type)];
    };
    expect(judge("Application/JSON; charset=x")).toEqual([true, true]);
    expect(judge("application/hal+json")).toEqual([false, true]);
    expect(judge("application/json; odata=verbose")).toEqual([false, false]);
    expect(judge("text/json")).toEqual([false, false]);
  });

  test("can always be written, and means the same then", () => {
    const anyType = fc.string({ unit: fc.constantFrom(...'abz/;=+ "\\\t.-') });
    fc.assert(
      fc.property(anyType, (text) => {
        const type = parseMediaType(text);
        if (type === undefined) return;
        const again = mediaTypeText(type, type.charset);
        expect(again).toMatch(/^[\t\x20-\x7e]+$/);
        expect(parseMediaType(again)).toMatchObject({ essence: type.essence, parameters: type.parameters });
      }),
      { numRuns: 1000 },
    );
  });
});
