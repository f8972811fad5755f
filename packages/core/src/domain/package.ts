import { objectBody, PUT_LABELS, putBody } from "./body.ts";
import type { Action, Package } from "./entity.ts";
import { PUT_CONTENTS, type PutContents, type PutLabels } from "./entity-put.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { type EntityName, entityName, OWN_NAMESPACE } from "./names.ts";
import { encodeKeyValues, getValue, type KeyValue, mergeKeyValues } from "./parameters.ts";
import { adding, objectOf, optional, readMembers, required, type Schema } from "./schema.ts";
import { bumpPatch, INITIAL_VERSION } from "./version.ts";

/** Where a binding points. */
export type Binding = NonNullable<Package["binding"]>;

/** The annotation that tells in listings what a binding points to; the server's own. */
export const BINDING_ANNOTATION = "binding";
/** An action with this annotation, whatever its value, is a feed. */
export const FEED_ANNOTATION = "feed";

const RESERVED_NAMES: ReadonlySet<string> = new Set(["default"]);

/** Whether no package may have this name. */
export function isReservedPackageName(name: string): boolean {
  return RESERVED_NAMES.has(name);
}

/** The body of a package's PUT: what is absent is kept, or gets its default. */
export interface PackagePut extends PutContents, PutLabels {
  readonly binding?: Binding;
}

const bindingTarget = objectOf(
  "Binding",
  {
    namespace: required(entityName, "Object is missing required member 'namespace'"),
    name: required(entityName, "Object is missing required member 'name'"),
  },
  "Object expected in field 'namespace'",
);

/** What a binding points to. Unlike other members it may not be null; an empty object is as good as absent. */
const bindingMember: Schema<Binding | undefined, EntityName> = {
  read(json, own) {
    if (isJsonObject(json) && Object.keys(json).length === 0) return undefined;
    const { namespace, name } = bindingTarget.read(json, undefined);
    return { namespace: namespace === OWN_NAMESPACE ? own : namespace, name };
  },
  describe: (deployment) => adding({ description: "{} is as good as absent" }, bindingTarget.describe(deployment)),
};

const PACKAGE_REST = { binding: optional(bindingMember), ...PUT_LABELS };

/** The body of a package's PUT. */
export const packagePut = putBody("PackagePut", { ...PUT_CONTENTS, ...PACKAGE_REST });

/**
 * Reads what is left of a package's PUT besides its contents.
 * @param own what `_` means as the namespace of a binding.
 * @throws MalformedContent
 */
export function decodePackageRest(json: Json, own: EntityName): Omit<PackagePut, keyof PutContents> {
  return readMembers(PACKAGE_REST, objectBody(json), own);
}

/** What {@link createPackage} needs beside the PUT. `now` is in epoch milliseconds. */
export interface PackageCreation {
  readonly namespace: EntityName;
  readonly name: EntityName;
  readonly now: number;
}

/** The package or binding that a PUT makes where there was none. */
export function createPackage(put: PackagePut, { namespace, name, now }: PackageCreation): Package {
  return {
    entityType: "package",
    namespace,
    name,
    version: put.version ?? INITIAL_VERSION,
    publish: put.publish ?? false,
    updated: now,
    parameters: put.parameters ?? [],
    annotations: annotated(put.annotations ?? [], put.binding),
    ...(put.binding === undefined ? {} : { binding: put.binding }),
  };
}

/** The package that a PUT makes of the one that there was: parameters and annotations replace. */
export function updatePackage(old: Package, put: PackagePut, now: number): Package {
  const binding = put.binding ?? old.binding;
  return {
    ...old,
    version: put.version ?? bumpPatch(old.version),
    publish: put.publish ?? old.publish,
    updated: now,
    parameters: put.parameters ?? old.parameters,
    annotations: annotated(put.annotations ?? old.annotations, binding),
    ...(binding === undefined ? {} : { binding }),
  };
}

function annotated(annotations: readonly KeyValue[], binding: Binding | undefined): readonly KeyValue[] {
  const kept = annotations.filter(({ key }) => key !== BINDING_ANNOTATION);
  return binding === undefined ? kept : [...kept, { key: BINDING_ANNOTATION, value: { ...binding } }];
}

/** The package as the API shows what was written or deleted. */
export function encodePackage(pkg: Package): JsonObject {
  return {
    ...encodeCommon(pkg),
    binding: pkg.binding === undefined ? {} : { ...pkg.binding },
    parameters: encodeKeyValues(pkg.parameters),
  };
}

/**
 * The package as a GET shows it.
 * @param provider where its actions are: the package itself, or what the binding points to.
 * @param actions all of them, in the order in which they are to be shown.
 */
export function encodePackageWithActions(
  requested: Package,
  provider: Package,
  actions: readonly Action[],
): JsonObject {
  const parameters =
    requested === provider ? provider.parameters : mergeKeyValues(provider.parameters, requested.parameters);
  const isFeed = ({ annotations }: Action): boolean => getValue(annotations, FEED_ANNOTATION) !== undefined;
  return {
    ...encodePackage({ ...requested, parameters }),
    actions: actions.filter((action) => !isFeed(action)).map(encodePackageAction),
    feeds: actions.filter(isFeed).map(encodePackageAction),
  };
}

function encodePackageAction({ name, version, annotations }: Action): JsonObject {
  return { name, version, annotations: encodeKeyValues(annotations) };
}

/** The package as listings show it: there, a package that is no binding says so with false. */
export function encodePackageSummary(pkg: Package): JsonObject {
  return { ...encodeCommon(pkg), binding: pkg.binding === undefined ? false : { ...pkg.binding } };
}

function encodeCommon(pkg: Package): JsonObject {
  return {
    namespace: pkg.namespace,
    name: pkg.name,
    version: pkg.version,
    publish: pkg.publish,
    annotations: encodeKeyValues(pkg.annotations),
    updated: pkg.updated,
  };
}
