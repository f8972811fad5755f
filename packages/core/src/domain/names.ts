declare const brand: unique symbol;

/** One segment of a path that has been checked: only {@link parseEntityName} makes one. */
export type EntityName = string & { readonly [brand]: "EntityName" };
