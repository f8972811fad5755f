/**
 * Keeps what runtimes made of actions' source, so that the next container need not make it again. What is kept was made by
 * user code among others: a key therefore names whose it is, and only they ever get it.
 */
export interface BuildCache {
  /**
   * @param key lower-case letters and digits, from {@link BuildCache.put}
   * @returns the archive as it was given; undefined when there is none, or it is not as it was.
   */
  get(key: string): Promise<Buffer | undefined>;
  /**
   * Keeps an archive, in the place of what its key had. What was used longest ago goes for it; one that is larger than the
   * whole cache is not kept.
   */
  put(key: string, archive: Buffer): Promise<void>;
  /** Takes it out, if it is there. */
  forget(key: string): Promise<void>;
}
