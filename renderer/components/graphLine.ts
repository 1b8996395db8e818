/** One line of a graph over time. */
export interface GraphLine {
  readonly name: string;
  /** One value for each instant; null leaves a gap. */
  readonly values: readonly (number | null)[];
  /** The first line is full; others are dashed, so that they differ by more than a shade. */
  readonly dashed?: boolean;
}
