import { encodeActivation, encodeActivationSummary } from "../domain/activation.ts";
import type { JsonObject } from "../domain/json.ts";
import type { ActivationQuery, ActivationStore } from "../ports/activation-store.ts";
import type { Page } from "../ports/entity-store.ts";

/** Activations of one namespace, newest start first. */
export interface ListActivations {
  /** @param docs whole records instead of summaries. */
  list(query: ActivationQuery, page: Page, docs: boolean): Promise<JsonObject[]>;
  count(query: ActivationQuery): Promise<number>;
}

/** Makes {@link ListActivations}. */
export function listActivations(activations: ActivationStore): ListActivations {
  return {
    async list(query, page, docs) {
      const found = await activations.list(query, page, docs ? "whole" : "summary");
      return found.map(docs ? encodeActivation : encodeActivationSummary);
    },
    count: (query) => activations.count(query),
  };
}
