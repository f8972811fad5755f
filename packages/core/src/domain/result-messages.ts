import type { Json } from "./json.ts";

/** The text, with `raw` behind a colon when there is any. */
function withRaw(text: string, raw: string): string {
  return raw === "" ? `${text}.` : `${text}: ${raw}`;
}

/** Texts inside the results and logs of activations, to the letter. Named for the situation. */
export const resultMessages = {
  // the container protocol
  initAbnormal: "The action did not initialize and exited unexpectedly.",
  initFailed: (raw: string) => withRaw("The action failed during initialization", raw),
  initTimedOut: (limitMs: number) =>
    `The action exceeded its time limits of ${limitMs} milliseconds during initialization.`,
  runAbnormal: "The action did not produce a valid response and exited unexpectedly.",
  runInvalid: (raw: string) => withRaw("The action did not produce a valid JSON or JSON Array response", raw),
  runTimedOut: (limitMs: number) => `The action exceeded its time limits of ${limitMs} milliseconds.`,
  memoryExhausted: "The action exhausted its memory and was aborted.",
  /** `prefix` is what was kept of the response. */
  responseTruncated: (length: number, maxBytes: number, prefix: string) =>
    `The action produced a response that exceeded the allowed length: ${length} > ${maxBytes} bytes. The truncated response was: ${prefix}`,

  // before a container runs it
  notProvisioned: "Failed to provision resources to run the action.",
  imageNotPulled: (image: string) => `Failed to pull container image '${image}'.`,
  imageNotRun: (image: string) => `Failed to run container with image '${image}'.`,
  executableMissing: (image: string) => `executable file not found in image ${image}`,
  actionGone: "Action could not be found or may have been deleted.",
  actionIncompatible: "Action version is not compatible and cannot be invoked.",
  actionNotFetched: "Action could not be fetched.",
  namespaceBlocked: "The action was not invoked due to a blacklisted namespace.",

  /** Ours: nothing of the value, and nothing of the key. */
  parameterUnreadable: (name: string) => `The parameter '${name}' is encrypted and none of the server's keys opens it.`,

  /** Ours: upstream streams nothing. */
  streamTooLong: (maxBytes: number) => `The action streamed more than the allowed ${maxBytes} bytes.`,

  // logs
  logsTruncated: (limitBytes: number) =>
    `Logs were truncated because the total bytes size exceeds the limit of ${limitBytes} bytes.`,
  logsFailed: "There was an issue while collecting your logs. Data might be missing.",
  logsOfDeveloperError: "The action did not initialize or run as expected. Log data might be missing.",
  logsElsewhere: "Logs are not available.",

  // sequences
  sequenceTimedOut: (activationId: string) =>
    `Timeout reached when retrieving activation ${activationId} for sequence component.`,
  sequenceFailed: "Sequence failed.",

  // compositions
  compositionTooLong: "Too many actions in the composition.",
  compositionFailed: "Activation failure during composition.",
  compositionTimedOut: (activationId: string) =>
    `Timeout reached when retrieving activation ${activationId} during composition.`,
  /** Strings keep their quotes. */
  compositionNameInvalid: (name: Json) =>
    `Failed to parse action name from json value ${JSON.stringify(name)} during composition.`,
  compositionNotFound: (path: string) => `Failed to resolve action with name '${path}' during composition.`,
  compositionForbidden: (path: string) => `Failed entitlement check for action with name '${path}' during composition.`,
} as const;
