import { describe, test } from "vitest";
import { resultMessages } from "./result-messages.ts";

/** One example of every text: the type makes a forgotten one a mistake. */
const examples: Record<keyof typeof resultMessages, readonly [said: string, expected: string]> = {
  initAbnormal: [resultMessages.initAbnormal, "The action did not initialize and exited unexpectedly."],
  initFailed: [resultMessages.initFailed("raw"), "The action failed during initialization: raw"],
  initTimedOut: [
    resultMessages.initTimedOut(60_000),
    "The action exceeded its time limits of 60000 milliseconds during initialization.",
  ],
  runAbnormal: [resultMessages.runAbnormal, "The action did not produce a valid response and exited unexpectedly."],
  runInvalid: [resultMessages.runInvalid("raw"), "The action did not produce a valid JSON or JSON Array response: raw"],
  runTimedOut: [resultMessages.runTimedOut(100), "The action exceeded its time limits of 100 milliseconds."],
  memoryExhausted: [resultMessages.memoryExhausted, "The action exhausted its memory and was aborted."],
  responseTruncated: [
    resultMessages.responseTruncated(1_048_590, 1_048_576, "ab"),
    "The action produced a response that exceeded the allowed length: 1048590 > 1048576 bytes. The truncated response was: ab",
  ],
  notProvisioned: [resultMessages.notProvisioned, "Failed to provision resources to run the action."],
  imageNotPulled: [resultMessages.imageNotPulled("p/n"), "Failed to pull container image 'p/n'."],
  imageNotRun: [resultMessages.imageNotRun("p/n"), "Failed to run container with image 'p/n'."],
  executableMissing: [resultMessages.executableMissing("p/n"), "executable file not found in image p/n"],
  actionGone: [resultMessages.actionGone, "Action could not be found or may have been deleted."],
  actionIncompatible: [resultMessages.actionIncompatible, "Action version is not compatible and cannot be invoked."],
  actionNotFetched: [resultMessages.actionNotFetched, "Action could not be fetched."],
  namespaceBlocked: [resultMessages.namespaceBlocked, "The action was not invoked due to a blacklisted namespace."],
  parameterUnreadable: [
    resultMessages.parameterUnreadable("password"),
    "The parameter 'password' is encrypted and none of the server's keys opens it.",
  ],
  streamTooLong: [resultMessages.streamTooLong(100), "The action streamed more than the allowed 100 bytes."],
  logsTruncated: [
    resultMessages.logsTruncated(10_485_760),
    "Logs were truncated because the total bytes size exceeds the limit of 10485760 bytes.",
  ],
  logsFailed: [resultMessages.logsFailed, "There was an issue while collecting your logs. Data might be missing."],
  logsOfDeveloperError: [
    resultMessages.logsOfDeveloperError,
    "The action did not initialize or run as expected. Log data might be missing.",
  ],
  logsElsewhere: [resultMessages.logsElsewhere, "Logs are not available."],
  sequenceTimedOut: [
    resultMessages.sequenceTimedOut("0f"),
    "Timeout reached when retrieving activation 0f for sequence component.",
  ],
  sequenceFailed: [resultMessages.sequenceFailed, "Sequence failed."],
  compositionTooLong: [resultMessages.compositionTooLong, "Too many actions in the composition."],
  compositionFailed: [resultMessages.compositionFailed, "Activation failure during composition."],
  compositionTimedOut: [
    resultMessages.compositionTimedOut("0f"),
    "Timeout reached when retrieving activation 0f during composition.",
  ],
  compositionNameInvalid: [
    resultMessages.compositionNameInvalid("a b"),
    'Failed to parse action name from json value "a b" during composition.',
  ],
  compositionNotFound: [
    resultMessages.compositionNotFound("ns/p/a"),
    "Failed to resolve action with name 'ns/p/a' during composition.",
  ],
  compositionForbidden: [
    resultMessages.compositionForbidden("ns/p/a"),
    "Failed entitlement check for action with name 'ns/p/a' during composition.",
  ],
};

describe("the text inside an activation", () => {
  test.for(Object.entries(examples))("about %s is to the letter", ([, [said, expected]], { expect }) => {
    expect(said).toBe(expected);
  });

  test("ends in a period where there is no raw answer to show", ({ expect }) => {
    expect(resultMessages.initFailed("")).toBe("The action failed during initialization.");
    expect(resultMessages.runInvalid("")).toBe("The action did not produce a valid JSON or JSON Array response.");
  });
});
