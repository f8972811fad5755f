/** On networks and containers: whose they are. Its value names the data folder, so it survives a restart. */
export const OWNER_LABEL = "meringue.owner";
/** On containers: the name that the platform knows them by. */
export const CONTAINER_LABEL = "meringue.container";

/** @returns the query that selects what an owner has, running or not. */
export function ownedBy(ownerId: string): string {
  return `filters=${encodeURIComponent(JSON.stringify({ label: [`${OWNER_LABEL}=${ownerId}`] }))}`;
}
