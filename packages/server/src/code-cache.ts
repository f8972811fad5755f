import { boundedMap, type ExecutableAction } from "@meringue/core";

type ReadCode = (action: ExecutableAction) => Promise<string | undefined>;

/** Room for some thousand small actions, or one of the largest. UTF-16 units. */
const MAX_LENGTH = 64 * 1024 * 1024;

/**
 * Code by revision, in memory: for a database on another machine, which may be away when a container is started. A
 * revision's code never changes; what was used last goes last.
 */
export function cachedCode(read: ReadCode, maxLength = MAX_LENGTH): ReadCode {
  const known = boundedMap<string>(Number.POSITIVE_INFINITY, maxLength);
  return async (action) => {
    const key = `${action.rev} ${action.id}`;
    const code = known.get(key);
    if (code !== undefined) return code;
    const found = await read(action);
    if (found !== undefined) known.set(key, found, found.length);
    return found;
  };
}
