import { randomUUID } from "node:crypto";
import type { EntityName, Identity, NamespaceKey, Subject } from "@meringue/core";

/** A key pair for a namespace, unlike any other: the uuid is random, and the key is made from it. */
export function aNamespaceKey(over: Partial<NamespaceKey> = {}): NamespaceKey {
  const uuid = over.uuid ?? randomUUID();
  return { name: "guest" as EntityName, uuid, key: uuid.replaceAll("-", "").repeat(2), ...over };
}

/** A subject with one namespace of its own name. */
export function aSubject(over: Partial<Subject> = {}): Subject {
  const subject = over.subject ?? "guest";
  return { subject, namespaces: [aNamespaceKey({ name: subject as EntityName })], blocked: false, ...over };
}

/** Who calls: by default the subject `guest` in its own namespace. */
export function anIdentity(over: Partial<Identity> = {}): Identity {
  return identityOf(aSubject(), over);
}

/** The identity that the first key of `subject` selects. */
export function identityOf(subject: Subject, over: Partial<Identity> = {}): Identity {
  const [first] = subject.namespaces;
  if (first === undefined) throw new Error(`The subject ${subject.subject} has no namespace.`);
  return {
    subject: subject.subject,
    namespace: { name: first.name, uuid: first.uuid },
    authKey: `${first.uuid}:${first.key}`,
    limits: {},
    ...over,
  };
}
