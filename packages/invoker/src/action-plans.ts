import type { ExecutableAction } from "@meringue/core";
import type { ActionPlan } from "./activation-job.ts";
import type { ContainerMaker } from "./container-maker.ts";
import type { Owner } from "./pooled-container.ts";

/** @returns the plan of each action revision, worked out once. */
export function actionPlans(
  maker: Pick<ContainerMaker, "classOf" | "sentinels">,
): (action: ExecutableAction) => ActionPlan {
  const plans = new WeakMap<ExecutableAction, ActionPlan>();
  return (action) => {
    let plan = plans.get(action);
    if (plan === undefined) plans.set(action, (plan = planOf(maker, action)));
    return plan;
  };
}

/** Owners of a shared action that are remembered; beyond that they are made each time. */
const MAX_OWNERS = 1_000;

function planOf(maker: Pick<ContainerMaker, "classOf" | "sentinels">, action: ExecutableAction): ActionPlan {
  const owners = new Map<string, Owner>();
  return {
    cell: maker.classOf(action),
    sentinels: maker.sentinels(action),
    ownerFor(namespace) {
      const known = owners.get(namespace);
      if (known !== undefined) return known;
      const { concurrency } = action.action.limits;
      const owner = { key: ownerKey(action, namespace), namespace, actionId: action.id, concurrency };
      if (owners.size < MAX_OWNERS) owners.set(namespace, owner);
      return owner;
    },
  };
}

/** Equal for the same namespace, action and revision only. */
export function ownerKey({ id, rev }: ExecutableAction, namespace: string): string {
  return `${namespace}|${id}|${rev}`;
}
