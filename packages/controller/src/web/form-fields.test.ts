import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fieldsByName, fieldsText, parseFields } from "./form-fields.ts";

const anyText = fc.string({ unit: "binary" }).map((text) => text.toWellFormed());

describe("fields", () => {
  test("that were written are read again", () => {
    const anyFields = fc.array(fc.tuple(anyText, fc.option(anyText, { nil: undefined })), { minLength: 1 });
    fc.assert(
      fc.property(anyFields, (fields) => {
        const text = fieldsText(fields);
        expect(text).toMatch(/^[\w.~!$'()*,:@/?+%&=-]*$/);
        // A single name that is empty is as good as nothing.
        expect(parseFields(text)).toEqual(text === "" ? [] : fields);
      }),
    );
  });

  test("are by name the last of each", () => {
    expect(fieldsByName(parseFields("a=1&b&a=2&&=x") ?? [])).toEqual({ a: "2", b: "", "": "x" });
  });

  test.each(["%", "%a", "a=%zz", "%u0041"])("are none: %s", (text) => {
    expect(parseFields(text)).toBeUndefined();
  });
});
