import type { Exec } from "./exec.ts";
import type { ActionLimits } from "./limits.ts";
import type { EntityName } from "./names.ts";
import type { KeyValue } from "./parameters.ts";

interface EntityBase {
  /** `ns`, or `ns/pkg` for a packaged action. */
  readonly namespace: string;
  readonly name: EntityName;
  /** `major.minor.patch`. */
  readonly version: string;
  readonly publish: boolean;
  readonly annotations: readonly KeyValue[];
  /** Epoch milliseconds of the last write. */
  readonly updated: number;
}

/** A function, or a sequence of functions. Its code is stored beside it and never inside it. */
export interface Action extends EntityBase {
  readonly entityType: "action";
  readonly exec: Exec;
  readonly parameters: readonly KeyValue[];
  readonly limits: ActionLimits;
}

/** A package, or (with `binding`) a reference to one. */
export interface Package extends EntityBase {
  readonly entityType: "package";
  readonly parameters: readonly KeyValue[];
  readonly binding?: { readonly namespace: EntityName; readonly name: EntityName };
}

/** A channel of events. The state of the rules on it lives here. */
export interface Trigger extends EntityBase {
  readonly entityType: "trigger";
  readonly parameters: readonly KeyValue[];
  readonly rules?: Readonly<Record<string, TriggerRule>>;
}

/** One rule as its trigger knows it. */
export interface TriggerRule {
  readonly action: EntityReference;
  readonly status: "active" | "inactive";
}

/** A path and a name as bodies carry them: `{"path":"ns[/pkg]","name":"x"}`. */
export interface EntityReference {
  readonly path: string;
  readonly name: string;
  /** Present when the client gave it; nothing looks at it. */
  readonly version?: string;
  /** Present when the client gave it: `ns/pkg`. Nothing looks at it. */
  readonly binding?: string;
}

/** Ties a trigger to an action. */
export interface Rule extends EntityBase {
  readonly entityType: "rule";
  readonly trigger: EntityReference;
  readonly action: EntityReference;
}

/** Whatever an entity store holds. All four share one space of names in a namespace. */
export type Entity = Action | Package | Trigger | Rule;
export type EntityType = Entity["entityType"];

/** The id of an entity's document: `ns/name` or `ns/pkg/name`. */
export function entityId(entity: { readonly namespace: string; readonly name: string }): string {
  return `${entity.namespace}/${entity.name}`;
}
