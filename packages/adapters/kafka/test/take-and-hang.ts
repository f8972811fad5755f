import { kafkaBus } from "../src/kafka-bus.ts";

// Takes an invoker's activations, settles every other one, and tells its parent of each until it is killed.
const [, , address = "", invoker = ""] = process.argv;
const bus = kafkaBus({ brokers: [address], clientId: "hanging", sessionTimeoutMs: 2_000 }, () => undefined);
const receiver = await bus.openReceiver(Number(invoker));
let count = 0;
receiver.onActivation(({ activation, settle }) => {
  if (count++ < 5) settle();
  process.send?.(activation.activationId);
});
