import { type Activation, type ActivationQuery, type ActivationStore, pathFilter } from "@meringue/core";

/** Keeps activation records in this process, for tests. Forgets all when the process ends. */
export function memoryActivationStore(): ActivationStore {
  const records = new Map<string, Activation>();
  const matching = (query: ActivationQuery) => [...records.values()].filter((record) => matches(record, query));

  return {
    async put(activation) {
      if (!records.has(activation.activationId)) records.set(activation.activationId, structuredClone(activation));
    },
    async get(namespace, activationId) {
      const record = records.get(activationId);
      return record?.namespace === namespace ? structuredClone(record) : undefined;
    },
    async list(query, { skip, limit }) {
      const newestFirst = matching(query)
        .reverse()
        .sort((a, b) => b.start - a.start);
      return structuredClone(newestFirst.slice(skip, skip + limit));
    },
    async count(query) {
      return matching(query).length;
    },
  };
}

function matches(record: Activation, { namespace, name, since, upto }: ActivationQuery): boolean {
  return (
    record.namespace === namespace &&
    (name === undefined || pathFilter(record) === name) &&
    (since === undefined || record.start >= since) &&
    (upto === undefined || record.start <= upto)
  );
}
