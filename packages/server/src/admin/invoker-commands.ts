import { type InvokerOperations, NotFound } from "@meringue/core";
import type { AdminArguments, AdminContext } from "./admin-context.ts";

/** What a command on invokers works on, and where it prints. */
export interface InvokerContext extends Pick<AdminContext, "out" | "err"> {
  readonly operations: InvokerOperations;
}

type InvokerRun = (given: AdminArguments, context: InvokerContext) => Promise<number>;

/** By name. Each returns the exit code: 0 ok, 1 there is no such invoker, 2 bad usage. */
export const invokerCommands: Readonly<Record<string, InvokerRun>> = {
  "invoker list": async (_given, { operations, out }) => {
    for (const { instance, uniqueName, displayedName, health, userMemoryMb, freeMemoryMb } of await operations.list()) {
      const name = [`invoker${instance}`, uniqueName, displayedName].filter((part) => part !== undefined).join("/");
      const free = freeMemoryMb === undefined ? "" : `${freeMemoryMb} of `;
      out([name, health, ...(userMemoryMb > 0 ? [`${free}${userMemoryMb} MB`] : [])].join("\t"));
    }
    return 0;
  },
  "invoker drain": (given, context) => drain(given, context, true),
  "invoker undrain": (given, context) => drain(given, context, false),
};

async function drain({ positionals: [number] }: AdminArguments, context: InvokerContext, on: boolean): Promise<number> {
  const { operations, out, err } = context;
  if (!/^\d{1,6}$/.test(number)) {
    err(`"${number}" is no number of an invoker`);
    return 2;
  }
  try {
    await operations.drain(Number(number), on);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    err(`There is no invoker ${number}`);
    return 1;
  }
  out(on ? `Invoker ${number} drains` : `Invoker ${number} takes work`);
  return 0;
}
