import { Conflict, isEntityName, type NamespaceKey, type Subject } from "@meringue/core";
import { type AdminContext, type AdminRun, CONFLICTING, MISSING } from "./admin-context.ts";
import { newKeyPair, parseKeyPair } from "./auth-key.ts";
import type { OptionValue } from "./parse-words.ts";

const SHORTEST_SUBJECT = 5;

/** `meringue admin user …`. */
export const userCommands: Readonly<Record<string, AdminRun>> = {
  "user create": createUser,
  "user get": getUser,
  "user delete": deleteUser,
  "user whois": whoIs,
  "user list": listUsers,
  "user block": (given, context) => setBlocked(given.positionals, true, context),
  "user unblock": (given, context) => setBlocked(given.positionals, false, context),
};

async function createUser({ positionals, options }: Parameters<AdminRun>[0], context: AdminContext): Promise<number> {
  const subject = positionals[0].trim();
  const name = (textOf(options["namespace"]) || subject).trim();
  const pair = typeof options["auth"] === "string" ? parseKeyPair(options["auth"]) : newKeyPair();
  if (subject.length < SHORTEST_SUBJECT) return fail(context, 2, "Subject name must be at least 5 characters");
  if (name === "") return fail(context, 2, "Namespace must not be empty");
  if (!isEntityName(name)) return fail(context, 2, "The namespace contains illegal characters.");
  if (typeof pair === "string") return fail(context, 2, pair);

  const key: NamespaceKey = { name, ...pair };
  const shown = `${key.uuid}:${key.key}`;
  if (options["genonly"] === true) return succeed(context, shown);

  const edited = withKey(await context.store.get(subject), subject, key, options["revoke"] === true);
  if (typeof edited === "string") return fail(context, 1, edited);
  if (!(await put(context, edited))) return fail(context, 1, `Failed to create subject (${CONFLICTING})`);
  return options["silent"] === true ? 0 : succeed(context, shown);
}

/** @returns the subject with the key, or why it cannot have it. */
function withKey(old: Subject | undefined, subject: string, key: NamespaceKey, revoke: boolean): Subject | string {
  if (old === undefined) return { subject, namespaces: [key], blocked: false };
  if (old.blocked) return "The subject you want to edit is blocked";
  const same = old.namespaces.filter(({ name }) => name === key.name);
  if (same.length === 0) return { ...old, namespaces: [...old.namespaces, key] };
  if (!revoke) return "Namespace already exists";
  if (same.length > 1) return "Namespace is not unique";
  return { ...old, namespaces: old.namespaces.map((each) => (each.name === key.name ? key : each)) };
}

async function getUser({ positionals, options }: Parameters<AdminRun>[0], context: AdminContext): Promise<number> {
  const [subject] = positionals;
  const found = await context.store.get(subject);
  if (found === undefined) return fail(context, 1, `Failed to get subject (${MISSING})`);
  if (options["all"] === true) {
    for (const { name, uuid, key } of found.namespaces) context.out(`${name}\t${uuid}:${key}`);
    return 0;
  }
  const namespace = textOf(options["namespace"]) ?? subject;
  const [only, ...more] = found.namespaces.filter(({ name }) => name === namespace);
  if (only === undefined || more.length > 0) {
    return fail(context, 1, `namespace "${namespace}" not found for "${subject}"`);
  }
  return succeed(context, `${only.uuid}:${only.key}`);
}

async function deleteUser({ positionals, options }: Parameters<AdminRun>[0], context: AdminContext): Promise<number> {
  const subject = positionals[0].trim();
  const namespace = textOf(options["namespace"]) || undefined;
  if (subject === "") return fail(context, 2, "Subject must not be empty");
  if (namespace?.trim() === "") return fail(context, 2, "Namespace must not be empty");
  const found = await context.store.get(subject);
  if (found === undefined) return fail(context, 1, `Failed to delete subject (${MISSING})`);
  if (namespace === undefined) {
    await context.store.delete(subject);
    return succeed(context, "Subject deleted");
  }
  const left = found.namespaces.filter(({ name }) => name !== namespace.trim());
  if (left.length === found.namespaces.length) {
    return fail(context, 1, `Namespace "${namespace.trim()}" does not exist for "${subject}"`);
  }
  if (!(await put(context, { ...found, namespaces: left }))) {
    return fail(context, 1, `Failed to remove namespace (${CONFLICTING})`);
  }
  return succeed(context, "Namespace deleted");
}

async function whoIs({ positionals }: Parameters<AdminRun>[0], context: AdminContext): Promise<number> {
  const [uuid = "", key = ""] = positionals[0].split(":");
  const found = await context.store.findByKey(uuid, key);
  if (found === undefined) return succeed(context, "Subject id is not recognized");
  context.out(`subject: ${found.subject.subject}`);
  return succeed(context, `namespace: ${found.namespace}`);
}

async function listUsers({ positionals, options }: Parameters<AdminRun>[0], context: AdminContext): Promise<number> {
  const [namespace] = positionals;
  const pick = typeof options["pick"] === "number" ? options["pick"] : 1;
  if (pick < 1) return fail(context, 2, "pick at least 1 identity to show");
  const owners = await context.store.listByNamespace(namespace);
  const rows = owners.flatMap(({ subject, namespaces }) =>
    namespaces.filter(({ name }) => name === namespace).map(({ uuid, key }) => ({ subject, pair: `${uuid}:${key}` })),
  );
  if (rows.length === 0) return succeed(context, `no identities found for namespace "${namespace}"`);
  for (const { subject, pair } of options["all"] === true ? rows : rows.slice(0, pick)) {
    context.out(options["key"] === true ? pair : `${pair}\t${subject}`);
  }
  return 0;
}

/** @returns how many could not be changed: an exit code that upstream's scripts know. */
async function setBlocked(subjects: readonly string[], blocked: boolean, context: AdminContext): Promise<number> {
  const verb = blocked ? "block" : "unblock";
  let failures = 0;
  for (const subject of subjects.map((each) => each.trim()).filter((each) => each !== "")) {
    const found = await context.store.get(subject);
    const done = found !== undefined && (await put(context, { ...found, blocked }));
    if (done) context.out(`"${subject}" ${verb}ed successfully`);
    else
      failures += fail(context, 1, `Failed to ${verb} "${subject}" (${found === undefined ? MISSING : CONFLICTING})`);
  }
  return failures;
}

/** @returns false when one of its uuids is another subject's. */
async function put({ store }: AdminContext, subject: Subject): Promise<boolean> {
  try {
    await store.put(subject);
    return true;
  } catch (error) {
    if (error instanceof Conflict) return false;
    throw error;
  }
}

function textOf(value: OptionValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function succeed(context: AdminContext, line: string): number {
  context.out(line);
  return 0;
}

/** Failures are printed where results are, as upstream's tool does. */
function fail(context: AdminContext, code: number, line: string): number {
  context.out(line);
  return code;
}
