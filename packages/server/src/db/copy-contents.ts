import {
  type Activation,
  Conflict,
  type EntityStore,
  entityId,
  type StoreContents,
  type SubjectStore,
} from "@meringue/core";

/** Where contents are copied to. */
export interface CopyTarget {
  readonly entities: EntityStore;
  readonly subjects: SubjectStore;
  /** Keeps records; one that is there already stays. */
  readonly writeRecords: (records: readonly Activation[]) => Promise<void>;
}

/** How many of each were copied. */
export interface CopyCounts {
  subjects: number;
  limits: number;
  entities: number;
  activations: number;
  /** Accounts that the target cannot take, because another one has a key of theirs. */
  refused: number;
}

const BATCH = 100;

/**
 * Copies everything. It may be done again: what was copied is replaced by itself.
 * @param report hears, as a line, of each account that was refused.
 */
export async function copyContents(
  from: StoreContents,
  to: CopyTarget,
  report: (line: string) => void,
): Promise<CopyCounts> {
  const counts: CopyCounts = { subjects: 0, limits: 0, entities: 0, activations: 0, refused: 0 };
  for await (const subject of from.subjects()) {
    try {
      await to.subjects.put(subject);
      counts.subjects++;
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      report(`The account ${subject.subject} is not copied: another account there has one of its keys.`);
      counts.refused++;
    }
  }
  for await (const { namespace, limits } of from.limits()) {
    await to.subjects.putLimits(namespace, limits);
    counts.limits++;
  }
  for await (const { entity, code } of from.entities()) {
    const known = await to.entities.get(entityId(entity));
    await to.entities.put(entity, known?.rev, code === undefined ? "none" : { bytes: code });
    counts.entities++;
  }
  for await (const batch of batches(from.activations())) {
    await to.writeRecords(batch);
    counts.activations += batch.length;
  }
  return counts;
}

async function* batches<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
