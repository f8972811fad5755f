export { ActionGone } from "./activation-job.ts";
export { type Invoker, type InvokerOptions, invoker } from "./invoker.ts";
export type { Occupancy } from "./occupancy.ts";
