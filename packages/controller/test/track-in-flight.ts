import type { Dispatcher, InFlight } from "@meringue/core";

/** Wraps a dispatcher so that it can be told what is in flight. */
export function trackInFlight(dispatcher: Dispatcher): {
  readonly dispatcher: Dispatcher;
  readonly inFlight: InFlight;
} {
  const running = new Map<string, { readonly id: string; readonly version: string }>();
  return {
    dispatcher: {
      async dispatch(message) {
        const { activationId } = message;
        const dispatched = await dispatcher.dispatch(message);
        running.set(activationId, { id: message.action.id, version: message.action.action.version });
        void (dispatched.ended ?? dispatched.result).then(() => running.delete(activationId));
        return dispatched;
      },
      prepare: (action, namespace) => dispatcher.prepare?.(action, namespace),
    },
    inFlight: {
      list: () => Array.from(running, ([activationId, { id, version }]) => [activationId, `${id}@${version}`] as const),
      get size() {
        return running.size;
      },
    },
  };
}
