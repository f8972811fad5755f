import { BadRequest, Forbidden, NotFound } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import { messages } from "../domain/messages.ts";
import type { StoredEntity } from "../ports/entity-store.ts";
import { type ActionCatalogue, requireAction } from "./action-catalogue.ts";
import { forbidden, owns } from "./entitlement.ts";

interface ComponentPath {
  readonly namespace: string;
  /** Only where the component is in a package. */
  readonly packageName: string | undefined;
  readonly name: string;
  readonly id: string;
}

/** @param component `/ns[/pkg]/name`. */
function parseComponent(component: string): ComponentPath {
  const id = component.slice(1);
  const [namespace = "", second = "", third, ...more] = id.split("/");
  if (third === undefined || more.length > 0) return { namespace, packageName: undefined, name: second, id };
  return { namespace, packageName: second, name: third, id };
}

/**
 * Checks that the caller may read every component.
 * @param components each `/ns[/pkg]/name`.
 * @throws Forbidden naming all that are out of reach, or just the first package that is; NotFound for an own package
 * that does not exist; Conflict for one that is something else.
 */
export async function requireComponents(
  catalogue: ActionCatalogue,
  identity: Identity,
  components: readonly string[],
): Promise<void> {
  const refused = new Set<string>();
  for (const { namespace, packageName, id } of components.map(parseComponent)) {
    if (packageName !== undefined) await catalogue.readPackage(identity, namespace, packageName);
    else if (!owns(identity, namespace)) refused.add(id);
  }
  if (refused.size > 0) throw forbidden(...[...refused].sort());
}

/**
 * Checks that a sequence can be: neither empty nor too long, also when the sequences in it are counted out, without
 * itself in it, and made of what exists.
 * @param self `ns[/pkg]/name` of the sequence, which need not be stored yet.
 * @throws BadRequest, Conflict
 */
export async function checkSequence(
  catalogue: ActionCatalogue,
  identity: Identity,
  self: string,
  components: readonly string[],
  maxLength: number,
): Promise<void> {
  if (components.length > maxLength) throw new BadRequest(messages.sequenceTooLong);
  if (components.length === 0) throw new BadRequest(messages.sequenceEmpty);
  let atoms = 0;

  async function expand(parts: readonly string[], above: readonly string[]): Promise<void> {
    for (const part of parts) {
      const id = await resolve(catalogue, identity, part);
      if (above.includes(id)) throw new BadRequest(messages.sequenceCyclic);
      const { exec } = (await component(catalogue, id)).entity;
      if (exec.type === "sequence") await expand(exec.components, [...above, id]);
      else if (++atoms > maxLength) throw new BadRequest(messages.sequenceTooLong);
    }
  }
  await expand(components, [self]);
}

/** The id of a component's document, after its package's bindings. */
async function resolve(catalogue: ActionCatalogue, identity: Identity, part: string): Promise<string> {
  const { namespace, packageName, name, id } = parseComponent(part);
  if (packageName === undefined) return id;
  try {
    const { provider } = await catalogue.readPackage(identity, namespace, packageName);
    return `${provider.id}/${name}`;
  } catch (error) {
    // Inside a nested sequence: what its owner could reach then, and nobody can now, is missing.
    if (!(error instanceof NotFound || error instanceof Forbidden)) throw error;
    throw new BadRequest(messages.sequenceComponentMissing, { cause: error });
  }
}

async function component(catalogue: ActionCatalogue, id: string): Promise<ReturnType<typeof requireAction>> {
  const stored: StoredEntity | undefined = await catalogue.entities.get(id);
  if (stored === undefined) throw new BadRequest(messages.sequenceComponentMissing);
  return requireAction(stored);
}
