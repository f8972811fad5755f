import { describe, test } from "vitest";
import type { Action, Package } from "./entity.ts";
import { MalformedContent } from "./errors.ts";
import type { EntityName } from "./names.ts";
import {
  createPackage,
  decodePackageRest,
  encodePackage,
  encodePackageSummary,
  encodePackageWithActions,
  isReservedPackageName,
  updatePackage,
} from "./package.ts";

const guest = "guest" as EntityName;
const creation = { namespace: guest, name: "pkg" as EntityName, now: 7 };
const target = { namespace: "other" as EntityName, name: "s" as EntityName };

describe("the body of a package's PUT", () => {
  test("may name what it binds to", ({ expect }) => {
    expect(decodePackageRest({}, guest)).toEqual({});
    expect(decodePackageRest({ binding: {} }, guest)).toEqual({});
    expect(decodePackageRest({ binding: { namespace: "_", name: "s" }, publish: true }, guest)).toEqual({
      binding: { namespace: "guest", name: "s" },
      publish: true,
    });
  });

  test.for([
    null,
    1,
    "other/s",
    { namespace: "other" },
    { name: "s" },
    { namespace: "a/b", name: "s" },
    { namespace: "other", name: 1 },
  ])("binds to no %j", (binding, { expect }) => {
    expect(() => decodePackageRest({ binding }, guest)).toThrow(MalformedContent);
  });
});

describe("a package", () => {
  test("begins with defaults", ({ expect }) => {
    expect(createPackage({}, creation)).toEqual({
      entityType: "package",
      namespace: "guest",
      name: "pkg",
      version: "0.0.1",
      publish: false,
      updated: 7,
      parameters: [],
      annotations: [],
    });
  });

  test("is updated member by member, without merging by key", ({ expect }) => {
    const old = createPackage(
      { parameters: [{ key: "a", value: 1 }], annotations: [{ key: "n", value: 1 }], publish: true },
      creation,
    );
    expect(updatePackage(old, {}, 8)).toEqual({ ...old, version: "0.0.2", updated: 8 });
    expect(updatePackage(old, { parameters: [{ key: "b", value: 2 }], version: "4.0.0" }, 8)).toMatchObject({
      version: "4.0.0",
      publish: true,
      parameters: [{ key: "b", value: 2 }],
      annotations: [{ key: "n", value: 1 }],
    });
  });

  test("that is a binding says so in an annotation that is the server's own", ({ expect }) => {
    const mine = [{ key: "binding", value: "mine" }];
    const said = [{ key: "binding", value: target }];
    expect(createPackage({ annotations: mine }, creation).annotations).toEqual([]);
    const bound = createPackage({ binding: target, annotations: mine }, creation);
    expect(bound).toMatchObject({ binding: target, annotations: said });
    expect(updatePackage(bound, { annotations: [] }, 8)).toMatchObject({ binding: target, annotations: said });
    const elsewhere = { ...target, name: "t" as EntityName };
    expect(updatePackage(bound, { binding: elsewhere }, 8).annotations).toEqual([{ key: "binding", value: elsewhere }]);
  });

  test("shows its binding in two ways", ({ expect }) => {
    const pkg = createPackage({}, creation);
    const bound = createPackage({ binding: target }, creation);
    expect([encodePackage(pkg)["binding"], encodePackageSummary(pkg)["binding"]]).toEqual([{}, false]);
    expect([encodePackage(bound)["binding"], encodePackageSummary(bound)["binding"]]).toEqual([target, target]);
    expect(encodePackageSummary(pkg)).not.toHaveProperty("parameters");
  });

  test("is shown with the provider's actions and the parameters of both", ({ expect }) => {
    const provider: Package = createPackage(
      {
        parameters: [
          { key: "a", value: "provider" },
          { key: "b", value: "provider" },
        ],
      },
      { ...creation, namespace: target.namespace, name: target.name },
    );
    const bound = createPackage({ binding: target, parameters: [{ key: "b", value: "binding" }] }, creation);
    const action = (name: string, annotations: Action["annotations"]) =>
      ({ name, version: "0.0.1", annotations }) as Action;
    const shown = encodePackageWithActions(bound, provider, [
      action("one", []),
      action("source", [{ key: "feed", value: false }]),
    ]);
    expect(shown).toMatchObject({
      namespace: "guest",
      name: "pkg",
      parameters: [
        { key: "a", value: "provider" },
        { key: "b", value: "binding" },
      ],
      actions: [{ name: "one", version: "0.0.1", annotations: [] }],
      feeds: [{ name: "source" }],
    });
  });

  test("may not be called default, and that is all", ({ expect }) => {
    expect(["default", "Default", "defaults"].map(isReservedPackageName)).toEqual([true, false, false]);
  });
});
