import { BadRequest, Forbidden, NotFound } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import { messages } from "../domain/messages.ts";
import type { ActionCatalogue } from "./action-catalogue.ts";
import { componentPath, reachComponent } from "./component-path.ts";
import { forbidden, owns } from "./entitlement.ts";

/**
 * Checks that the caller may read, and so run, every component.
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
  for (const component of new Set(components)) {
    const { namespace, packageName, id } = componentPath(component, identity.namespace.name);
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
      const path = componentPath(part, identity.namespace.name);
      const pkg = await orMissing(() => reachComponent(catalogue, identity, path));
      const id = pkg === undefined ? path.id : `${pkg.provider.id}/${path.name}`;
      if (above.includes(id)) throw new BadRequest(messages.sequenceCyclic);
      const found = await orMissing(() => catalogue.find(path.namespace, pkg, path.name));
      const { exec } = found.stored.entity;
      if (exec.type === "sequence") await expand(exec.components, [...above, id]);
      else if (++atoms > maxLength) throw new BadRequest(messages.sequenceTooLong);
    }
  }
  await expand(components, [self]);
}

/** Inside a nested sequence, what its owner could reach when it was made and the caller cannot reach now is missing. */
async function orMissing<T>(find: () => T | Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof NotFound || error instanceof Forbidden)) throw error;
    throw new BadRequest(messages.sequenceComponentMissing, { cause: error });
  }
}
