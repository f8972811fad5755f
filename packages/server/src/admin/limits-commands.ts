import type { NamespaceLimits } from "@meringue/core";
import { type AdminContext, type AdminRun, MISSING } from "./admin-context.ts";
import { limitOptions } from "./grammar.ts";

/** `meringue admin limits …`. */
export const limitsCommands: Readonly<Record<string, AdminRun>> = {
  "limits set": setLimits,
  "limits get": getLimits,
  "limits delete": deleteLimits,
};

async function setLimits({ positionals, options }: Parameters<AdminRun>[0], context: AdminContext): Promise<number> {
  const [namespace] = positionals;
  // The grammar gives each limit the type that NamespaceLimits has for it.
  const given = options as NamespaceLimits;
  await context.store.putLimits(namespace, { ...(await context.store.getLimits(namespace)), ...given });
  context.out(`Limits successfully set for "${namespace}"`);
  return 0;
}

async function getLimits({ positionals }: Parameters<AdminRun>[0], context: AdminContext): Promise<number> {
  const limits = await context.store.getLimits(positionals[0]);
  if (limits === undefined) {
    context.out("No limits found, default system limits apply");
    return 0;
  }
  for (const { key } of limitOptions) {
    const value = limits[key];
    if (value !== undefined) context.out(`${key} = ${asPython(value)}`);
  }
  return 0;
}

async function deleteLimits({ positionals }: Parameters<AdminRun>[0], context: AdminContext): Promise<number> {
  const deleted = await context.store.deleteLimits(positionals[0]);
  context.out(deleted ? "Limits deleted" : `Failed to delete limits (${MISSING})`);
  return deleted ? 0 : 1;
}

/** Upstream's tool prints Python values, and scripts compare them. */
function asPython(value: boolean | number | string | readonly string[]): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "object") return `[${value.map((text) => `'${text}'`).join(", ")}]`;
  return String(value);
}
