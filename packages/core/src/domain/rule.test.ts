import { describe, test } from "vitest";
import { BadRequest, MalformedContent } from "./errors.ts";
import type { EntityName } from "./names.ts";
import { createRule, decodeRuleRest, decodeRuleStatus, encodeRule, updateRule } from "./rule.ts";

const guest = "guest" as EntityName;
const creation = { namespace: guest, name: "r" as EntityName, now: 7 };
const trigger = { path: "guest", name: "tick" };
const action = { path: "guest/p", name: "hello" };
const rule = createRule({ trigger, action }, creation);

describe("the body of a rule's PUT", () => {
  test("names a trigger and an action in either form", ({ expect }) => {
    expect(decodeRuleRest({ trigger: "/_/tick", action: { path: "_/p", name: "hello" } }, guest)).toEqual({
      trigger,
      action,
    });
    expect(decodeRuleRest({ trigger: null, status: "anything", parameters: 1 }, guest)).toEqual({});
    expect(() => decodeRuleRest({ action: "hello" }, guest)).toThrow(MalformedContent);
  });
});

describe("the body that switches a rule", () => {
  test("may have spaces around the status, and anything beside it", ({ expect }) => {
    expect(decodeRuleStatus({ status: " active ", trigger: null })).toBe("active");
    expect(decodeRuleStatus({ status: "inactive" })).toBe("inactive");
  });

  test.for<[object | null, string]>([
    [{}, "key not found: status"],
    [{ status: "Active" }, "requirement failed: Active is not a recognized rule state"],
    [{ status: " x " }, "requirement failed: x is not a recognized rule state"],
    [{ status: " " }, "requirement failed: argument undefined"],
    [null, "JSON object expected"],
    [[], "JSON object expected"],
  ])("of %j is refused", ([json, detail], { expect }) => {
    expect(() => decodeRuleStatus(json as never)).toThrow(new MalformedContent(detail));
  });
});

describe("a rule", () => {
  test("begins with defaults", ({ expect }) => {
    expect(rule).toEqual({
      entityType: "rule",
      namespace: "guest",
      name: "r",
      version: "0.0.1",
      publish: false,
      updated: 7,
      annotations: [],
      trigger,
      action,
    });
  });

  test.for([{}, { trigger }, { action }])("cannot begin with %j", (put, { expect }) => {
    expect(() => createRule(put, creation)).toThrow(BadRequest);
  });

  test("keeps what an update does not tell", ({ expect }) => {
    expect(updateRule(rule, {}, 8)).toEqual({ ...rule, version: "0.0.2", updated: 8 });
    const other = { path: "guest", name: "tock" };
    expect(updateRule(rule, { trigger: other, annotations: [{ key: "a", value: 1 }], version: "3.0.0" }, 8)).toEqual({
      ...rule,
      version: "3.0.0",
      updated: 8,
      trigger: other,
      annotations: [{ key: "a", value: 1 }],
    });
  });

  test("is shown with its status, or without where nobody asked its trigger", ({ expect }) => {
    expect(encodeRule(rule, "active")).toMatchObject({ status: "active", trigger, action });
    expect(encodeRule(rule)).not.toHaveProperty("status");
  });
});
