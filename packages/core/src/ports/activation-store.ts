import type { Activation } from "../domain/activation.ts";
import type { Page } from "./entity-store.ts";

/** Which activations a listing is about. */
export interface ActivationQuery {
  readonly namespace: string;
  /** `action` or `package/action`: matches exactly that path inside the namespace (see {@link pathFilter}). */
  readonly name?: string;
  /** Epoch milliseconds, inclusive. */
  readonly since?: number;
  /** Epoch milliseconds, inclusive. */
  readonly upto?: number;
}

/** Where activation records go. Writing never waits for a reader. */
export interface ActivationStore {
  /**
   * Keeps one record for ever. Of two records with one id the first wins.
   * @returns when the record would survive SIGKILL of this process.
   */
  put(activation: Activation): Promise<void>;
  /** Sees every record whose `put` has resolved. */
  get(namespace: string, activationId: string): Promise<Activation | undefined>;
  /**
   * Newest start first; equal starts in an order that stays.
   * @param detail `summary` allows the store to leave out what a listing without `docs` does not show: `logs`,
   * `response.result`, of which a page of records may hold gigabytes, and `subject`. Default: `whole`.
   */
  list(query: ActivationQuery, page: Page, detail?: "whole" | "summary"): Promise<readonly Activation[]>;
  count(query: ActivationQuery): Promise<number>;
}

/**
 * The name under which listings find an activation: `boundPkg/name` when it went through a binding, `pkg/name` for a
 * packaged action, else `name`.
 */
export function pathFilter(activation: Pick<Activation, "name" | "annotations">): string {
  const text = (key: string): string | undefined => {
    const value = activation.annotations.find((a) => a.key === key)?.value;
    return typeof value === "string" ? value : undefined;
  };
  const binding = text("binding")?.split("/")[1];
  if (binding !== undefined) return `${binding}/${activation.name}`;
  const path = text("path")?.split("/");
  return path?.length === 3 ? `${path[1]}/${activation.name}` : activation.name;
}
