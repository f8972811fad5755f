/**
 * Calls back once when whoever started this process is gone without a word: the launcher that `npm start` runs was
 * killed, or npm itself (see scripts/bootstrap/start.mjs, which raises the event). Without this a server would live on,
 * and keep its port and its data folder, after a SIGKILL of its parent. A process started in any other way (by systemd,
 * in a container) has no such parent, and is never called.
 *
 * @returns stops watching
 */
export function onParentGone(callback: () => void): () => void {
  process.once("disconnect", callback);
  process.channel?.unref();
  return () => process.off("disconnect", callback);
}
