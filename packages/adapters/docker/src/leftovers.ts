import type { ContainerRemoval } from "./container-removal.ts";
import type { EngineClient } from "./engine-client.ts";
import { ownedBy } from "./labels.ts";
import { startGate } from "./start-gate.ts";

/** Removing is work for the engine's disk and kernel: not all of it at once. */
const PARALLEL_REMOVALS = 4;

export interface OwnedContainer {
  readonly id: string;
  /** The engine's name for it, without a slash in front. */
  readonly name: string;
}

/** Lists what an owner has on the engine, running or not. */
export async function ownedContainers(
  engine: EngineClient,
  ownerId: string,
  timeoutMs: number,
): Promise<readonly OwnedContainer[]> {
  const answer = await engine.call("GET", `/containers/json?all=true&${ownedBy(ownerId)}`, { timeoutMs });
  const list = answer as readonly { readonly Id: string; readonly Names: readonly string[] }[];
  return list.map(({ Id, Names }) => ({ id: Id, name: (Names[0] ?? "").replace(/^\//, "") }));
}

/** @throws AggregateError naming all that could not be removed, after all others have been. */
export async function removeAll(removal: ContainerRemoval, containers: readonly OwnedContainer[]): Promise<void> {
  const gate = startGate(PARALLEL_REMOVALS);
  const outcomes = await Promise.allSettled(
    containers.map(async ({ id }) => {
      const leave = await gate.enter();
      await removal.now(id).finally(leave);
    }),
  );
  const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Error] : []));
  if (errors.length > 0)
    throw new AggregateError(errors, `containers left behind: ${errors.map((e) => e.message).join("; ")}`);
}
