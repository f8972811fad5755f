export * from "./app.ts";
export { handle } from "./caller.ts";
export * from "./dependencies.ts";
