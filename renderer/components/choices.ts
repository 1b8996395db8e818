/** One of several ways, with the reason to take it. */
export interface Choice<Value> {
  readonly value: Value;
  readonly title: string;
  readonly why?: string;
}
