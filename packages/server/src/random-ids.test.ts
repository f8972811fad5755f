import { describe, test } from "vitest";
import { randomIds } from "./random-ids.ts";

describe("random ids", () => {
  test("activation ids are version 4 UUIDs without dashes, and never the same", ({ expect }) => {
    const ids = randomIds();
    const made = Array.from({ length: 5_000 }, () => ids.activationId());
    expect(new Set(made).size).toBe(made.length);
    for (const id of made) expect(id).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  });

  test("transaction ids are 32 letters and digits that use the whole alphabet", ({ expect }) => {
    const ids = randomIds();
    const made = Array.from({ length: 500 }, () => ids.transactionId());
    for (const id of made) expect(id).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(new Set(made.join("")).size).toBe(62);
  });
});
