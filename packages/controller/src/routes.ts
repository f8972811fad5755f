import {
  deleteAction,
  findWebAction,
  getAction,
  getActivation,
  type InFlight,
  type InvokeAction,
  invokeAction,
  invokePrepared,
  listActions,
  listActivations,
  putAction,
} from "@meringue/core";
import type { AppDependencies } from "./dependencies.ts";
import { packageRoutes, triggerAndRuleRoutes } from "./entity-routes.ts";
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
import { apiDocument } from "./swagger/api-document.ts";
import { infoDocument } from "./swagger/info-document.ts";
import { webRoutes } from "./web/web-routes.ts";

/** Bytes that a zip archive may claim to unpack to, unless configured. */
const MAX_UNPACKED_BYTES = 512 * 1024 * 1024;

/** Everything that the API serves. */
export function routes(deps: AppDependencies & { readonly inFlight: InFlight }): readonly Route[] {
  const invoke = invokeAction(deps);
  const { catalogue, owners, admitWebCall: admit } = deps;
  return [
    ...openRoutes(deps),
    ...actionRoutes(deps, invoke),
    ...packageRoutes(deps),
    ...triggerAndRuleRoutes(deps, invoke),
    ...activationRoutes(deps),
    ...webRoutes({
      ...deps,
      findWebAction: findWebAction({ catalogue, owners, admit }),
      invokePrepared: invokePrepared(deps),
    }),
  ];
}

function openRoutes(deps: AppDependencies & { readonly inFlight: InFlight }): readonly Route[] {
  return [
    pingRoute(),
    infoRoute(deps),
    apiInfoRoute(deps),
    apiDocsRoute("/api/v1/api-docs", apiDocument),
    ...docsRoutes("/api/v1/docs", "/api/v1/api-docs"),
    apiDocsRoute("/api-docs", infoDocument),
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
    ...putActionRoutes(putAction({ ...deps, allowedKinds, maxUnpackedBytes })),
    ...deleteActionRoutes(deleteAction(entities, changes)),
    ...invokeActionRoutes(invoke, limits),
  ];
}

function activationRoutes({ activations, limits }: AppDependencies): readonly Route[] {
  const get = getActivation(activations);
  return [
    listActivationsRoute(listActivations(activations), limits),
    getActivationRoute(get),
    getActivationResultRoute(get),
    getActivationLogsRoute(get),
  ];
}
