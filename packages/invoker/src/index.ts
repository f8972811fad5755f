export { ActionGone, type Invoker, type InvokerOptions, invoker } from "./invoker.ts";
