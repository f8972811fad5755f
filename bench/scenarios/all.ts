import type { Scenario } from "../src/scenario.ts";
import { actions } from "./actions.ts";
import { burst } from "./burst.ts";
import { cold } from "./cold.ts";
import { docker } from "./docker.ts";
import { durable } from "./durable.ts";
import { entities } from "./entities.ts";
import { fanOut } from "./fan-out.ts";
import { freeze } from "./freeze.ts";
import { idle } from "./idle.ts";
import { keepAlive } from "./keep-alive.ts";
import { languages } from "./languages.ts";
import { million } from "./million.ts";
import { placement } from "./placement.ts";
import { recording } from "./recording.ts";
import { soak } from "./soak.ts";
import { start } from "./start.ts";
import { upstream } from "./upstream.ts";
import { warm } from "./warm.ts";

/** In the order in which they run and are shown. */
export const scenarios: readonly Scenario[] = [
  ...[warm, upstream, recording, actions],
  ...[cold, burst, docker, freeze, keepAlive, start],
  ...[durable, million, entities, placement, fanOut, idle, soak, languages],
];
