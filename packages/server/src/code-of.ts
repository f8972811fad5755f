import { codeToText, type EntityStore, type ExecutableAction } from "@meringue/core";
import { ActionGone } from "@meringue/invoker";

/** Reads an action's code as `/init` takes it: text, or base64; undefined for an image without code. */
export function codeOf(entities: EntityStore): (action: ExecutableAction) => Promise<string | undefined> {
  return async ({ id, rev, action: { exec } }) => {
    if (exec.type === "sequence" || (exec.type === "blackbox" && !exec.hasCode)) return undefined;
    const bytes = await entities.getCode(id, rev);
    if (bytes === undefined) throw new ActionGone(`${id} has no revision ${rev} any more`);
    return codeToText(exec.binary, bytes);
  };
}
