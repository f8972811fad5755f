import { activationBusContract } from "./activation-bus-contract.ts";
import { memoryActivationBus } from "./memory-activation-bus.ts";

const MAX_BYTES = 10_000;

activationBusContract("memory", () => ({ bus: memoryActivationBus({ maxBytes: MAX_BYTES }), maxBytes: MAX_BYTES }));
