export { type ConsulInvokers, type ConsulOptions, consulInvokers } from "./consul-invokers.ts";
