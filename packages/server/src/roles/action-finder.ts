import { boundedMap, type EntityStore, type ExecutableAction, getValue, type TravellingAction } from "@meringue/core";

/** How many revisions are remembered. */
const REMEMBERED = 20_000;

/** Finds the action that an activation names. @returns undefined when there is none. @throws ServiceUnavailable */
export type FindAction = (named: TravellingAction) => Promise<ExecutableAction | undefined>;

/**
 * Actions by revision, through memory: a revision never changes, so that nothing needs to be forgotten. An action that was
 * written anew while an activation was on its way is run as it is now.
 */
export function actionFinder(entities: Pick<EntityStore, "get">): FindAction {
  const known = boundedMap<ExecutableAction>(REMEMBERED);
  return async ({ id, rev, binding }) => {
    const key = (revision: string): string => `${revision} ${id} ${binding ?? ""}`;
    const remembered = rev === undefined ? undefined : known.get(key(rev));
    if (remembered !== undefined) return remembered;
    const stored = await entities.get(id);
    if (stored === undefined || stored.entity.entityType !== "action") return undefined;
    const before = known.get(key(stored.rev));
    if (before !== undefined) return before;
    const action: ExecutableAction = {
      id,
      rev: stored.rev,
      action: stored.entity,
      ...(binding === undefined ? {} : { binding }),
      ...(getValue(stored.entity.annotations, "stream") === true ? { streams: true } : {}),
    };
    known.set(key(stored.rev), action, 1);
    return action;
  };
}
