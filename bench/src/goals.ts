/** What the project set itself, to be reached on a machine with two processors. */
export interface Goal {
  readonly better: "more" | "less";
  readonly target: number;
  /** Where it would be remarkable. */
  readonly stretch?: number;
}

/** By the number under which docs/performance.md explains each. Units are those of the rows that carry the number. */
export const GOALS = {
  G1: { better: "more", target: 55, stretch: 75 },
  G2: { better: "more", target: 92 },
  G3: { better: "less", target: 80, stretch: 40 },
  G4: { better: "less", target: 1.4 },
  G5: { better: "less", target: 40, stretch: 28 },
  G6: { better: "less", target: 0.95 },
  G7: { better: "less", target: 1.1, stretch: 1.05 },
  G8a: { better: "less", target: 4, stretch: 2 },
  G8b: { better: "less", target: 5, stretch: 3 },
  G9: { better: "less", target: 1 },
  G10: { better: "less", target: 0.3 },
  G11: { better: "less", target: 2, stretch: 1.5 },
  G12: { better: "less", target: 90, stretch: 70 },
  G13: { better: "more", target: 40_000 },
  G14: { better: "less", target: 8 },
  G15: { better: "more", target: 65 },
  G16: { better: "less", target: 1.5 },
  G17: { better: "less", target: 1 },
  G18: { better: "more", target: 0.98 },
  G19: { better: "more", target: 0.85 },
  G20: { better: "less", target: 1.1 },
  G21: { better: "less", target: 0.6 },
  G22: { better: "less", target: 0 },
  fan: { better: "less", target: 3 },
  entities: { better: "less", target: 1.5 },
  placed: { better: "more", target: 50_000, stretch: 200_000 },
  warmth: { better: "less", target: 0.75, stretch: 0.5 },
  spread: { better: "less", target: 0.75, stretch: 0.5 },
  memory: { better: "less", target: 1.1 },
  tail: { better: "less", target: 1.5 },
  none: { better: "less", target: 0 },
} as const satisfies Readonly<Record<string, Goal>>;

export type GoalId = keyof typeof GOALS;

export type Verdict = "stretch" | "met" | "missed";

/** @returns whether a figure reaches a goal, and how far. */
export function judge(id: GoalId, figure: number): Verdict {
  const goal: Goal = GOALS[id];
  const reaches = (limit: number): boolean => (goal.better === "more" ? figure >= limit : figure <= limit);
  if (goal.stretch !== undefined && reaches(goal.stretch)) return "stretch";
  return reaches(goal.target) ? "met" : "missed";
}
