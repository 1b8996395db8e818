/** One column of a DataTable. `order` makes it sortable; `mono` is for bytes and commands. */
export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly text?: (row: Row) => string;
  readonly order?: (one: Row, other: Row) => number;
  readonly align?: 'number';
  readonly mono?: boolean;
  /** For a column of actions: its title is for screen readers only. */
  readonly titleHidden?: boolean;
}
