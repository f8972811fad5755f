import { packagePut, rulePut, type Schema, triggerPut } from "@meringue/core";
import type { ShapeName } from "../swagger/shapes.ts";

/** Collections whose entities are all found, written and deleted in one way. */
export type EntityCollection = "packages" | "triggers" | "rules";

/** What the document says of a collection. */
interface CollectionWords {
  /** Section of the document. */
  readonly tag: string;
  /** One of them, with its article. */
  readonly one: string;
  /** What a GET of one answers. */
  readonly shown: ShapeName;
  /** What PUT and DELETE answer. */
  readonly written: ShapeName;
  /** A row of the list. */
  readonly row: ShapeName;
  /** The body of a PUT. */
  readonly put: Pick<Schema<unknown>, "describe">;
  /** Calls that look up bindings, which may lead in a circle. */
  readonly followsBindings: readonly ("GET" | "PUT")[];
}

/** By collection. */
export const COLLECTIONS: Readonly<Record<EntityCollection, CollectionWords>> = {
  packages: {
    tag: "Packages",
    one: "a package or binding",
    shown: "PackageWithActions",
    written: "Package",
    row: "PackageSummary",
    put: packagePut,
    followsBindings: ["GET", "PUT"],
  },
  triggers: {
    tag: "Triggers",
    one: "a trigger",
    shown: "Trigger",
    written: "Trigger",
    row: "TriggerSummary",
    put: triggerPut,
    followsBindings: [],
  },
  rules: {
    tag: "Rules",
    one: "a rule",
    shown: "Rule",
    written: "Rule",
    row: "RuleSummary",
    put: rulePut,
    followsBindings: ["PUT"],
  },
};

/** Where the entities of a collection are listed. */
export function collectionUrl(collection: EntityCollection): string {
  return `/api/v1/namespaces/:namespace/${collection}`;
}

/** Where one of them is. */
export function entityUrl(collection: EntityCollection): string {
  return `${collectionUrl(collection)}/:name`;
}
