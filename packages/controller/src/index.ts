export * from "./app.ts";
export * from "./dependencies.ts";
