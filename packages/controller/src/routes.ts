import {
  deleteAction,
  findMissed,
  findWebAction,
  getAction,
  getActivation,
  getActivationLogs,
  type InvokeAction,
  invokeAction,
  invokePrepared,
  listActions,
  listActivations,
  putAction,
} from "@meringue/core";
import type { AppDependencies } from "./dependencies.ts";
import { type Drain, drain } from "./drain.ts";
import { packageRoutes, triggerAndRuleRoutes } from "./entity-routes.ts";
import { knownToOthers } from "./known-to-others.ts";
import type { Route } from "./route.ts";
import { apiDocsRoute } from "./routes/api-docs.ts";
import { apiInfoRoute } from "./routes/api-info.ts";
import { deleteActionRoutes } from "./routes/delete-action.ts";
import { disableRoute } from "./routes/disable.ts";
import { docsRoutes } from "./routes/docs.ts";
import { getActionRoutes } from "./routes/get-action.ts";
import { getActivationRoute } from "./routes/get-activation.ts";
import { getActivationLogsRoute } from "./routes/get-activation-logs.ts";
import { getActivationResultRoute } from "./routes/get-activation-result.ts";
import { getLimitsRoutes } from "./routes/get-limits.ts";
import { inFlightRoutes } from "./routes/in-flight.ts";
import { infoRoute } from "./routes/info.ts";
import { invokeActionRoutes } from "./routes/invoke-action.ts";
import { invokersRoutes } from "./routes/invokers.ts";
import { listActionsRoute } from "./routes/list-actions.ts";
import { listActivationsRoute } from "./routes/list-activations.ts";
import { listNamespacesRoute } from "./routes/list-namespaces.ts";
import { listPackageActionsRoute } from "./routes/list-package-actions.ts";
import { pingRoute } from "./routes/ping.ts";
import { putActionRoutes } from "./routes/put-action.ts";
import { activationTails } from "./tail/activation-tails.ts";
import { webRoutes } from "./web/web-routes.ts";

/** Bytes that a zip archive may claim to unpack to, unless configured. */
const MAX_UNPACKED_BYTES = 512 * 1024 * 1024;

/**
 * Everything that the API serves: the documents tell of exactly these.
 * @param draining ends what would not end by itself.
 */
export function routes(deps: AppDependencies, draining: Drain = drain()): readonly Route[] {
  const { operatorRoutes = true } = deps;
  const served: readonly Route[] = allRoutes(deps, draining, () => served).filter(
    ({ operator }) => operatorRoutes || operator !== true,
  );
  return served;
}

function allRoutes(deps: AppDependencies, draining: Drain, served: () => readonly Route[]): readonly Route[] {
  const invoke = invokeAction(deps);
  const { catalogue, owners, admitWebCall: admit } = deps;
  return [
    apiDocsRoute("/api/v1/api-docs", "api", served, deps),
    apiDocsRoute("/api-docs", "root", served, deps),
    ...openRoutes(deps),
    ...actionRoutes(deps, invoke),
    ...packageRoutes(deps),
    ...triggerAndRuleRoutes(deps, invoke),
    ...activationRoutes(deps, draining),
    ...webRoutes({
      ...deps,
      findWebAction: findWebAction({ catalogue, owners, admit }),
      invokePrepared: invokePrepared(deps),
    }),
  ];
}

function openRoutes(deps: AppDependencies): readonly Route[] {
  return [
    pingRoute(),
    infoRoute(deps),
    apiInfoRoute(deps),
    ...docsRoutes("/api/v1/docs", "/api/v1/api-docs"),
    ...docsRoutes("/docs", "/api-docs"),
    ...invokersRoutes(deps),
    ...inFlightRoutes(deps.inFlight),
    disableRoute(deps),
    listNamespacesRoute(),
    ...getLimitsRoutes(deps),
  ];
}

function actionRoutes(deps: AppDependencies, invoke: InvokeAction): readonly Route[] {
  const { entities, catalogue, changes, limits } = deps;
  const list = listActions(entities, catalogue);
  const sharedPackagesExecuteOnly = deps.sharedPackagesExecuteOnly ?? false;
  const allowedKinds = deps.allowedKinds ?? [];
  const maxUnpackedBytes = deps.maxUnpackedBytes ?? MAX_UNPACKED_BYTES;
  return [
    listActionsRoute(list, limits),
    listPackageActionsRoute(list, limits),
    ...getActionRoutes(getAction({ entities, catalogue, sharedPackagesExecuteOnly })),
    ...putActionRoutes(knownToOthers(changes, putAction({ ...deps, allowedKinds, maxUnpackedBytes }))),
    ...deleteActionRoutes(knownToOthers(changes, deleteAction(entities, changes))),
    ...invokeActionRoutes(invoke, deps),
  ];
}

function activationRoutes(deps: AppDependencies, draining: Drain): readonly Route[] {
  const { activations, limits, running, enclosings } = deps;
  const get = getActivation(activations);
  const tails = activationTails({ ...deps, findMissed: findMissed(activations), draining });
  return [
    listActivationsRoute(listActivations(activations), tails, limits),
    getActivationRoute(get),
    getActivationResultRoute(get),
    getActivationLogsRoute(getActivationLogs(get, [running, enclosings])),
  ];
}
