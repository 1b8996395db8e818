export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

 
const COLOUR_CODE = /\u001b\[\d+m/g;

const widthOf = (text: string): number => [...text.replace(COLOUR_CODE, '').matchAll(/./gsu)].length;

function pad(text: string, width: number, align: Column['align']): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? space + text : text + space;
}

/** Columns side by side with two spaces between, under their titles; as it would be pasted into a report. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const titles = columns.map(({ title }) => title);
  const widths = columns.map((_, at) => Math.max(...[titles, ...rows].map((row) => widthOf(row[at] ?? ''))));
  const line = (row: readonly string[]): string =>
    columns.map(({ align }, at) => pad(row[at] ?? '', widths[at] ?? 0, align)).join('  ').trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [...(titles.some((title) => title !== '') ? [line(titles), rule] : []), ...rows.map(line)].join('\n');
}
