import type { GroupPartitionsAssigner } from "@platformatic/kafka";

/** Gives a topic to one member, and leaves it there for as long as that one is in the group. */
export interface SteadyAssigner {
  readonly assign: GroupPartitionsAssigner;
  /** This member has the topic, whoever decided that. */
  owned(memberId: string): void;
}

/** What the broker puts behind the name of a place: a dash and a uuid. */
const PROCESS_PART = /-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The member's name, without what tells its processes apart. */
function placeOf(memberId: string): string {
  return memberId.replace(PROCESS_PART, "");
}

/** @param preferred who gets it when nobody has it: the name of a place. */
export function steadyAssigner(topic: string, preferred: string): SteadyAssigner {
  let owner: string | undefined;
  return {
    assign(_current, members) {
      const ids = [...members.keys()].sort();
      const at = (place: string | undefined): string | undefined => ids.find((id) => placeOf(id) === place);
      const next = at(owner) ?? at(preferred) ?? ids[0];
      owner = next === undefined ? undefined : placeOf(next);
      return ids.map((memberId) => ({
        memberId,
        assignments: new Map(memberId === next ? [[topic, { topic, partitions: [0] }]] : []),
      }));
    },
    owned(memberId) {
      owner = placeOf(memberId);
    },
  };
}
