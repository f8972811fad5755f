const ACTIONS = "/api/v1/namespaces/:namespace/actions";

/** Where one action is: in the default package, or in a package or binding. */
export const ACTION_URLS: readonly string[] = [`${ACTIONS}/:name`, `${ACTIONS}/:package/:name`];
