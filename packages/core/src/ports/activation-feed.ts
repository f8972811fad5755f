import type { Activation } from "../domain/activation.ts";

/** Something that can be seen of an activation while it runs, or when it ends. */
export type ActivationEvent =
  | {
      /** It has printed a line. */
      readonly kind: "log";
      readonly activationId: string;
      /** Name of the action without its package. */
      readonly name: string;
      /** The name under which listings find it: see {@link pathFilter}. */
      readonly path: string;
      /** As its record shows it. */
      readonly line: string;
    }
  | {
      /** It has its record: whoever hears of it can read it, unless limits or the store level suppress it. */
      readonly kind: "ended";
      readonly activation: Activation;
    };

/** Tells whoever follows a namespace what its activations do. Forgets what it has told: there is nothing to wait for. */
export interface ActivationFeed {
  /** Whether anybody follows the namespace: what nobody hears need not be made. */
  isFollowed(namespace: string): boolean;
  /** @param namespace of whoever invoked, not of the action. */
  publish(namespace: string, event: ActivationEvent): void;
  /** @param listener must not throw. @returns stops it. */
  subscribe(namespace: string, listener: (event: ActivationEvent) => void): () => void;
}

/** What activations that run have printed so far. */
export interface RunningLogs {
  /** @returns the lines as the record would show them now; undefined when none of that namespace runs under this id. */
  logsOf(namespace: string, activationId: string): readonly string[] | undefined;
}

/** The activation feed of a single process. */
export function localActivationFeed(): ActivationFeed {
  const followers = new Map<string, Set<(event: ActivationEvent) => void>>();
  return {
    isFollowed: (namespace) => followers.size > 0 && followers.has(namespace),
    publish(namespace, event) {
      for (const listener of followers.get(namespace) ?? []) listener(event);
    },
    subscribe(namespace, listener) {
      const listeners = followers.get(namespace) ?? new Set();
      followers.set(namespace, listeners);
      // of its own, so that each subscription ends by itself
      const own = (event: ActivationEvent): void => listener(event);
      listeners.add(own);
      return () => {
        listeners.delete(own);
        if (listeners.size === 0 && followers.get(namespace) === listeners) followers.delete(namespace);
      };
    },
  };
}
