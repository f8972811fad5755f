/** Collections whose entities are all found, written and deleted in one way. */
export type EntityCollection = "packages" | "triggers" | "rules";

/** Where the entities of a collection are listed. */
export function collectionUrl(collection: EntityCollection): string {
  return `/api/v1/namespaces/:namespace/${collection}`;
}

/** Where one of them is. */
export function entityUrl(collection: EntityCollection): string {
  return `${collectionUrl(collection)}/:name`;
}
