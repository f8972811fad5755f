import fc from "fast-check";
import { describe, test } from "vitest";
import type { Trigger } from "./entity.ts";
import { BadRequest, MalformedContent } from "./errors.ts";
import type { EntityName } from "./names.ts";
import {
  createTrigger,
  decodeTriggerRest,
  encodeTrigger,
  encodeTriggerSummary,
  linkRule,
  type RuleStatus,
  ruleStatus,
  unlinkRule,
  updateTrigger,
} from "./trigger.ts";

const creation = { namespace: "guest" as EntityName, name: "tick" as EntityName, now: 7 };
const trigger = createTrigger({}, creation);
const action = { path: "guest", name: "hello" };

describe("the body of a trigger's PUT", () => {
  test("has limits in name only", ({ expect }) => {
    expect(decodeTriggerRest({ limits: {}, version: "1.0.0" })).toEqual({ version: "1.0.0" });
    expect(decodeTriggerRest({ limits: null })).toEqual({});
    expect(() => decodeTriggerRest({ limits: [] })).toThrow(MalformedContent);
  });
});

describe("a trigger", () => {
  test("begins with defaults, and without rules", ({ expect }) => {
    expect(trigger).toEqual({
      entityType: "trigger",
      namespace: "guest",
      name: "tick",
      version: "0.0.1",
      publish: false,
      updated: 7,
      parameters: [],
      annotations: [],
    });
    expect(encodeTrigger(trigger)).not.toHaveProperty("rules");
    expect(encodeTrigger(trigger)).toHaveProperty("limits", {});
  });

  test.for(["feed", "/_/feed", "ns/pkg/feed"])("may have the feed %s", (value, { expect }) => {
    expect(createTrigger({ annotations: [{ key: "feed", value }] }, creation).annotations).toHaveLength(1);
  });

  test.for(["", "/", "a//-b", null, 1, []])("cannot begin with the feed %j", (value, { expect }) => {
    const put = { annotations: [{ key: "feed", value }] };
    expect(() => createTrigger(put, creation)).toThrow(BadRequest);
    expect(updateTrigger(trigger, put, 8).annotations).toEqual(put.annotations);
  });

  test("keeps its rules through updates", ({ expect }) => {
    const tied = linkRule(trigger, "guest/r", action, "active");
    expect(updateTrigger(tied, { parameters: [{ key: "a", value: 1 }] }, 8)).toEqual({
      ...tied,
      version: "0.0.2",
      updated: 8,
      parameters: [{ key: "a", value: 1 }],
    });
  });

  test("shows its rules once it had any, in a listing never", ({ expect }) => {
    const tied = linkRule(trigger, "guest/r", action, "inactive");
    expect(encodeTrigger(tied)["rules"]).toEqual({ "guest/r": { action, status: "inactive" } });
    expect(encodeTrigger(unlinkRule(tied, "guest/r"))["rules"]).toEqual({});
    expect(Object.keys(encodeTriggerSummary(tied)).sort()).toEqual(
      "annotations name namespace publish updated version".split(" "),
    );
  });

  test("knows the status of a rule, inactive where it knows nothing", ({ expect }) => {
    expect(ruleStatus(undefined, "guest/r")).toBe("inactive");
    expect(ruleStatus(trigger, "guest/r")).toBe("inactive");
    expect(ruleStatus(linkRule(trigger, "guest/r", action, "active"), "guest/r")).toBe("active");
  });

  test("that does not know a rule is not changed by losing it", ({ expect }) => {
    expect(unlinkRule(trigger, "guest/r")).toBe(trigger);
  });

  test("tied and untied in any order is what a map would be, and never newer", ({ expect }) => {
    const id = fc.constantFrom("guest/a", "guest/b", "guest/__proto__");
    const change = fc.tuple(id, fc.constantFrom<RuleStatus | "gone">("active", "inactive", "gone"));
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const model = new Map<string, RuleStatus>();
        let tied: Trigger = trigger;
        for (const [rule, status] of changes) {
          if (status === "gone") model.delete(rule);
          else model.set(rule, status);
          tied = status === "gone" ? unlinkRule(tied, rule) : linkRule(tied, rule, action, status);
        }
        const found = Object.entries(tied.rules ?? {}).map(([rule, { status }]) => [rule, status]);
        expect(new Map(found as [string, RuleStatus][])).toEqual(model);
        expect([tied.version, tied.updated]).toEqual([trigger.version, trigger.updated]);
      }),
    );
  });
});
