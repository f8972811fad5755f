import { containerRuntimeContract, PYTHON_WISHES, type RuntimeUnderTest, type Wish } from "@meringue/testkit";
import { describe, test } from "vitest";
import { codeTalk } from "./fixtures/code-talk.ts";
import { type Mode, plainMode, sandboxModes } from "./fixtures/modes.ts";

async function underTest(mode: Mode): Promise<RuntimeUnderTest> {
  const { runtime, callers } = await mode.start();
  let heard: readonly (string | undefined)[] = [];
  return {
    runtime,
    runnable: { kind: "code:1", image: "test/code" },
    notRunnable: { kind: "cobol:85", image: "test/cobol" },
    ...(mode === plainMode ? {} : { callers: () => heard }),
    async talk(container) {
      const talk = await codeTalk(container, PYTHON_WISHES);
      return {
        async wish(wish: Wish) {
          const { body } = await talk.run(wish);
          heard = await callers();
          return body as Record<string, unknown>;
        },
      };
    },
    close: () => runtime.close(),
  };
}

for (const mode of [...sandboxModes, plainMode]) {
  if (mode.lacking === undefined) containerRuntimeContract(mode.name, () => underTest(mode));
  else describe(mode.name, () => test.skip(`meets the contract (skipped: ${mode.lacking})`, () => undefined));
}
