import type { ExecutableAction } from "@meringue/core";

type ReadCode = (action: ExecutableAction) => Promise<string | undefined>;

/** Room for some thousand small actions, or one of the largest. UTF-16 units. */
const MAX_LENGTH = 64 * 1024 * 1024;

/**
 * Code by revision, in memory: for a database on another machine, which may be away when a container is started. A
 * revision's code never changes; what was used last goes last.
 */
export function cachedCode(read: ReadCode, maxLength = MAX_LENGTH): ReadCode {
  const known = new Map<string, string>();
  let length = 0;

  function keep(key: string, code: string): void {
    if (code.length > maxLength || known.has(key)) return;
    known.set(key, code);
    length += code.length;
    for (const [oldest, text] of known) {
      if (length <= maxLength) return;
      known.delete(oldest);
      length -= text.length;
    }
  }

  return async (action) => {
    const key = `${action.rev} ${action.id}`;
    const code = known.get(key);
    if (code !== undefined) {
      known.delete(key);
      known.set(key, code);
      return code;
    }
    const found = await read(action);
    if (found !== undefined) keep(key, found);
    return found;
  };
}
