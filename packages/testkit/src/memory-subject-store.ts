import { Conflict, type NamespaceLimits, type Subject, type SubjectStore } from "@meringue/core";

/** Keeps subjects in this process, in plain text, for tests. Forgets all when the process ends. */
export function memorySubjectStore(): SubjectStore {
  const subjects = new Map<string, Subject>();
  const limits = new Map<string, NamespaceLimits>();

  return {
    async get(subject) {
      return structuredClone(subjects.get(subject));
    },
    async put(subject) {
      const others = [...subjects.values()].filter((other) => other.subject !== subject.subject);
      const uuids = [...others, subject].flatMap((each) => each.namespaces.map((namespace) => namespace.uuid));
      if (new Set(uuids).size < uuids.length) throw new Conflict();
      subjects.set(subject.subject, structuredClone(subject));
    },
    async delete(subject) {
      return subjects.delete(subject);
    },
    async listByNamespace(namespace) {
      const owners = [...subjects.values()].filter(
        (subject) => !subject.blocked && subject.namespaces.some((key) => key.name === namespace),
      );
      return structuredClone(owners.sort((a, b) => (a.subject < b.subject ? -1 : 1)));
    },
    async findByKey(uuid, key) {
      for (const subject of subjects.values()) {
        const own = subject.namespaces.find((each) => each.uuid === uuid && each.key === key);
        if (own && !subject.blocked) return structuredClone({ subject, namespace: own.name });
      }
      return undefined;
    },
    async getLimits(namespace) {
      return structuredClone(limits.get(namespace));
    },
    async putLimits(namespace, document) {
      limits.set(namespace, structuredClone(document));
    },
    async deleteLimits(namespace) {
      return limits.delete(namespace);
    },
  };
}
