import { fakeClock } from "./fake-clock.ts";
import { invokerRegistryContract } from "./invoker-registry-contract.ts";
import { type MemoryAnnouncer, memoryInvokerRegistry } from "./memory-invoker-registry.ts";

const SILENCE_MS = 11_000;

invokerRegistryContract(
  "memory",
  async () => {
    const clock = fakeClock();
    const hub = memoryInvokerRegistry(clock);
    return {
      registry: async () => hub.registry(),
      announcer: async () => hub.announcer(),
      async crash(announcer) {
        (announcer as MemoryAnnouncer).crash();
        clock.advance(SILENCE_MS);
      },
      operations: hub,
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
  { wishes: true, guardsNumbers: true },
);
