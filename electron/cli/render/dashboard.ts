import type { DashboardRow, HistoryPoint } from '../../contract/history.ts';
import { formatBytes } from '../run/bytes.ts';
import type { Paint } from '../run/terminal.ts';
import { renderTable, type Column } from './table.ts';

/** One picture of the dashboard. */
export interface DashboardPicture {
  readonly atMs: number;
  readonly rows: readonly DashboardRow[];
  /** The newest CPU percentages of a subject, oldest first. */
  readonly trail: (subject: string) => readonly (number | null)[];
  /** Of the host: a full bar is all of them. */
  readonly cores: number;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const STEPS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const UNKNOWN = '·';
const BAR_CELLS = 8;
/** A trail narrower than this says nothing. */
const NARROWEST_TRAIL = 8;
const WIDEST_TRAIL = 60;
const GAP = 2;

/** A part of a whole as a bar of so many cells. */
export function bar(part: number, cells: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, part)) * cells * 8);
  const full = '█'.repeat(Math.floor(eighths / 8));
  return (full + (EIGHTHS[eighths % 8] ?? '')).padEnd(cells);
}

/** Values as a line of blocks, the newest at the right; a dot where none is known. */
export function sparkline(values: readonly (number | null)[], largest: number): string {
  return values.map((value) => (value === null ? UNKNOWN : (STEPS[Math.min(STEPS.length - 1, Math.floor((Math.max(0, value) / Math.max(1, largest)) * STEPS.length))] ?? UNKNOWN))).join('');
}

interface Field extends Column {
  readonly text: (row: DashboardRow, picture: DashboardPicture) => string;
}

const perSecond = (name: keyof HistoryPoint, format: (value: number) => string) => ({ point }: DashboardRow): string => {
  const value = point?.[name] ?? null;
  return value === null ? UNKNOWN : format(value);
};
// As wide as they get, so that the columns stand still: "1023 KiB", and a million faults.
const bytes = (value: number): string => formatBytes(Math.round(value)).padStart(8);
const whole = (value: number): string => String(Math.round(value)).padStart(7);
const fullCpu = ({ subject }: DashboardRow, { cores }: DashboardPicture): number => (subject === 'host' ? 100 * cores : 100);

/** The most important first: what does not fit into the width is left out from the end. */
const fields: readonly Field[] = [
  { title: 'NAME', text: ({ subject, name }) => (subject === 'host' ? `${name} (host)` : name) },
  { title: 'STATE', text: (row, { atMs }) => (row.staleSinceMs === null ? row.state : `${row.state}, stale for ${Math.max(0, Math.round((atMs - row.staleSinceMs) / 1_000))} s`) },
  { title: 'CPU', align: 'right', text: (row) => perSecond('cpuPercent', (value) => `${value.toFixed(1)} %`.padStart(7))(row) },
  { title: '', text: (row, picture) => bar((row.point?.cpuPercent ?? 0) / fullCpu(row, picture), BAR_CELLS) },
  { title: 'MEMORY', align: 'right', text: perSecond('memoryBytes', bytes) },
  { title: 'CONSOLE/s', align: 'right', text: perSecond('consoleBytes', bytes) },
  { title: 'READ/s', align: 'right', text: perSecond('diskReadBytes', bytes) },
  { title: 'WRITTEN/s', align: 'right', text: perSecond('diskWrittenBytes', bytes) },
  { title: 'FAULTS/s', align: 'right', text: perSecond('hostFaults', whole) },
  { title: 'RECEIVED/s', align: 'right', text: perSecond('networkReceivedBytes', bytes) },
  { title: 'SENT/s', align: 'right', text: perSecond('networkSentBytes', bytes) },
  { title: 'EXITS/s', align: 'right', text: perSecond('exits', whole) },
];

/** The longest beginning of the fields whose table is no wider than this, and what it leaves of the width. */
function fitting(picture: DashboardPicture, width: number): { chosen: readonly Field[]; left: number } {
  let left = width;
  const chosen: Field[] = [];
  for (const field of fields) {
    const own = Math.max(field.title.length, ...picture.rows.map((row) => Array.from(field.text(row, picture)).length)) + (chosen.length > 0 ? GAP : 0);
    if (own > left && chosen.length > 0) break;
    chosen.push(field);
    left -= own;
  }
  return { chosen, left: left - GAP };
}

/** A table in so many columns, with a trail of each CPU where there is room. Colour only adds to the words. */
export function renderDashboard(picture: DashboardPicture, width: number, colours: Paint): string {
  const { chosen, left } = fitting(picture, width);
  const trails = left >= NARROWEST_TRAIL;
  const columns = [...chosen, ...(trails ? [{ title: 'CPU BEFORE' }] : [])];
  const room = Math.min(left, WIDEST_TRAIL);
  const trailOf = (row: DashboardRow): string => sparkline(picture.trail(row.subject).slice(-room), fullCpu(row, picture));
  const table = renderTable(columns, picture.rows.map((row) => [...chosen.map(({ text }) => text(row, picture)), ...(trails ? [trailOf(row)] : [])]));
  const [titles = '', rule = '', ...lines] = table.split('\n').map((line) => Array.from(line).slice(0, width).join(''));
  return [colours('bold', titles), colours('dim', rule), ...lines.map((line, at) => ((picture.rows[at]?.staleSinceMs ?? null) === null ? line : colours('dim', line)))].join('\n');
}
