import {
  deletePackage,
  deleteRule,
  deleteTrigger,
  fireTrigger,
  getPackage,
  getRule,
  getTrigger,
  type InvokeAction,
  listPackages,
  listRules,
  listTriggers,
  putPackage,
  putRule,
  putTrigger,
  setRuleStatus,
  triggerWrites,
} from "@meringue/core";
import type { AppDependencies } from "./dependencies.ts";
import { knownToOthers } from "./known-to-others.ts";
import type { Route } from "./route.ts";
import { deleteEntityRoute } from "./routes/delete-entity.ts";
import { deletePackageRoute } from "./routes/delete-package.ts";
import { fireTriggerRoute } from "./routes/fire-trigger.ts";
import { getEntityRoute } from "./routes/get-entity.ts";
import { listEntitiesRoute } from "./routes/list-entities.ts";
import { putEntityRoute } from "./routes/put-entity.ts";
import { refreshPackagesRoute } from "./routes/refresh-packages.ts";
import { setRuleStatusRoute } from "./routes/set-rule-status.ts";

/** What is served of packages and bindings. */
export function packageRoutes(deps: AppDependencies): readonly Route[] {
  const { entities, changes, limits } = deps;
  const sharedPackagesExecuteOnly = deps.sharedPackagesExecuteOnly ?? false;
  return [
    listEntitiesRoute("packages", listPackages(entities), limits),
    getEntityRoute("packages", getPackage({ entities, sharedPackagesExecuteOnly })),
    putEntityRoute("packages", knownToOthers(changes, putPackage(deps))),
    deletePackageRoute(knownToOthers(changes, deletePackage(entities, changes))),
    refreshPackagesRoute(),
  ];
}

/**
 * What is served of triggers and rules.
 * @param invokeAction the one behind `POST` of actions, so that what is fired is counted with what is posted.
 */
export function triggerAndRuleRoutes(deps: AppDependencies, invokeAction: InvokeAction): readonly Route[] {
  const { entities, changes, limits, logger } = deps;
  const writes = triggerWrites(entities, changes);
  const report = (transid: string, error: unknown): void =>
    logger.error({ err: error, transid }, "a rule's action could not be run");
  return [
    listEntitiesRoute("triggers", listTriggers(entities), limits),
    getEntityRoute("triggers", getTrigger(entities)),
    putEntityRoute("triggers", knownToOthers(changes, putTrigger({ ...deps, triggerWrites: writes }))),
    deleteEntityRoute("triggers", knownToOthers(changes, deleteTrigger(entities, changes, writes))),
    fireTriggerRoute(fireTrigger({ ...deps, invokeAction, report }), deps),
    listEntitiesRoute("rules", listRules(entities), limits),
    getEntityRoute("rules", getRule(entities)),
    putEntityRoute("rules", knownToOthers(changes, putRule({ ...deps, triggerWrites: writes }))),
    deleteEntityRoute("rules", knownToOthers(changes, deleteRule(entities, changes, writes))),
    setRuleStatusRoute(knownToOthers(changes, setRuleStatus(entities, writes))),
  ];
}
