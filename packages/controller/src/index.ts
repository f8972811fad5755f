export * from "./app.ts";
export * from "./dependencies.ts";
export { healthTest } from "./load-balancer/health-test.ts";
export { invokerStatuses } from "./load-balancer/invoker-statuses.ts";
export {
  type BalancerLoad,
  type LeftBehind,
  type LoadBalancer,
  type LoadBalancerOptions,
  loadBalancer,
} from "./load-balancer/load-balancer.ts";
export type { Placed, Placement, PlacementRequest, Unplaced } from "./load-balancer/placement.ts";
export { homeHash } from "./load-balancer/sharding.ts";
export { shardingPlacement } from "./load-balancer/sharding-placement.ts";
export { HEALTH_TRANSID, type HealthTest } from "./load-balancer/test-activations.ts";
export { warmPlacement } from "./load-balancer/warm-placement.ts";
