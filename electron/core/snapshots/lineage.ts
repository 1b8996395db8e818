/** What is known of a snapshot's place: those that it was taken after, the oldest first. */
export interface Placed {
  readonly id: string;
  readonly lineage: readonly string[];
}

/** The newest of a lineage that still is there; what was deleted is stepped over. */
export function livingParent(lineage: readonly string[], living: ReadonlySet<string>): string | null {
  return lineage.findLast((id) => living.has(id)) ?? null;
}

/** The lineage of what comes after a snapshot. */
export function lineageAfter(snapshot: Placed | undefined): string[] {
  return snapshot === undefined ? [] : [...snapshot.lineage, snapshot.id];
}
