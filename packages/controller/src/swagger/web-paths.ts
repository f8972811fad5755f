import { failure, type Operation, type Part, type Paths } from "./operations.ts";

const responses: Readonly<Record<number, Part>> = {
  200: { description: "Whatever the action answers; it may choose any other status, type and headers" },
  202: failure("The action has been started, but its result is not there in time"),
  400: failure("Malformed request, or the action's result cannot be answered"),
  401: failure("The action asks for credentials, and these are not the ones"),
  403: failure("The action is in a package that the owner of the namespace may not read"),
  404: failure("There is no such web action"),
  406: failure("The answer is of no type that the caller accepts"),
  413: failure("The body is too large"),
  429: failure("Too many requests"),
  503: failure("The activation cannot be placed now"),
};

const methods = ["get", "put", "post", "delete", "patch", "head", "options"];

/** @param what what is called, such as `a web action` */
function everyMethod(what: string): Paths[string] {
  const operation: Operation = {
    summary: `Call ${what}. Its name may end in .http, .json, .html, .svg or .text, which makes the answer that`,
    tag: "Web actions",
    open: true,
    produces: ["*/*"],
    responses,
  };
  const preflight: Operation = {
    ...operation,
    summary: "What browsers may send: answered for the action, unless it is annotated to do that itself",
  };
  return Object.fromEntries(methods.map((method) => [method, method === "options" ? preflight : operation]));
}

/** Web actions. The package `default` stands for none. */
export const webPaths: Paths = {
  "/web/{namespace}/{package}/{name}": everyMethod("a web action"),
  "/web/{namespace}/{package}/{name}/{path}": everyMethod("a web action with a path of its own"),
};
