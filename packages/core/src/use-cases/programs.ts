import type { ProgramDependencies, Programs } from "./program.ts";
import { runComposition } from "./run-composition.ts";
import { runSequence } from "./run-sequence.ts";

/** Makes {@link Programs}: sequences and compositions contain each other. */
export function makePrograms(deps: ProgramDependencies): Programs {
  const programs: Programs = {
    sequence: (call, atoms) => runSequence(deps, programs, call, atoms),
    composition: (call, counts) => runComposition(deps, programs, call, counts),
  };
  return programs;
}
