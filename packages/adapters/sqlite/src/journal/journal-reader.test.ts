import fc from "fast-check";
import { describe, test } from "vitest";
import { encodeEntry } from "./journal-entry.ts";
import { type Damage, readEntries } from "./journal-reader.ts";

const entries = ["a", "b", "c"].map((id) => encodeEntry("accepted", id, [`{"text":"${id.repeat(50)}"}`]));

function read(bytes: Buffer): { ids: string[]; damages: Damage[] } {
  const damages: Damage[] = [];
  const ids = [...readEntries(bytes, (damage) => damages.push(damage))].map((entry) => entry.id);
  return { ids, damages };
}

describe("a journal segment", () => {
  test("reads back as it was written", ({ expect }) => {
    const body = [`{"a":"é"}`, Buffer.of(0, 255, 7)];
    const [entry] = [...readEntries(encodeEntry("record", "id-1", body), () => expect.fail("damage"))];

    expect(entry).toMatchObject({ kind: "record", id: "id-1", offset: 0 });
    expect(entry?.body).toEqual(Buffer.concat([Buffer.from(`{"a":"é"}`), Buffer.of(0, 255, 7)]));
  });

  test("cut at any byte gives all entries before the cut, and one torn tail", ({ expect }) => {
    const whole = Buffer.concat(entries);
    for (let cut = 0; cut <= whole.length; cut++) {
      const { ids, damages } = read(whole.subarray(0, cut));
      const sound = Math.floor(cut / (whole.length / 3));
      expect(ids).toEqual(["a", "b", "c"].slice(0, sound));
      const tail = cut - (sound * whole.length) / 3;
      expect(damages).toEqual(tail === 0 ? [] : [{ offset: cut - tail, bytes: tail, torn: true }]);
    }
  });

  test("with any byte changed in the middle loses that one entry only, and says so", ({ expect }) => {
    const whole = Buffer.concat(entries);
    const [first, second] = [entries[0]?.length ?? 0, entries[1]?.length ?? 0];
    for (let at = first; at < first + second; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      expect(read(changed)).toEqual({
        ids: ["a", "c"],
        damages: [{ offset: first, bytes: second, torn: false }],
      });
    }
  });

  test("never takes what a user sent for an entry, not even when its own entry is torn", ({ expect }) => {
    const forged = encodeEntry("record", "forged", ["{}"]).toString("latin1");
    const body = JSON.stringify({ forged, again: encodeEntry("record", "forged", ["{}"]).toString("utf8") });
    const entry = encodeEntry("accepted", "honest", [body]);

    expect(read(entry.subarray(0, entry.length - 1)).ids).toEqual([]);
  });

  test("of random bytes gives no entry and no error", ({ expect }) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        const { ids, damages } = read(Buffer.from(noise));
        expect(ids).toEqual([]);
        expect(damages).toHaveLength(noise.length === 0 ? 0 : 1);
      }),
    );
  });
});
