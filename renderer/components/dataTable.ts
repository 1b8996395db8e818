/** One column of a DataTable. `order` makes it sortable; `mono` is for bytes and commands. */
export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly text?: (row: Row) => string;
  readonly order?: (one: Row, other: Row) => number;
  readonly align?: 'number';
  readonly mono?: boolean;
  /** Left out where the window is narrow; the row's own screen has it. */
  readonly wide?: boolean;
  /** For a column of actions: its title is for screen readers only. */
  readonly titleHidden?: boolean;
}
