import type { DashboardRow, UnavailableNumber } from '../../contract/history.ts';
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
  /** Of the point, where the field shows one. */
  readonly number?: UnavailableNumber['number'];
  readonly text: (row: DashboardRow, picture: DashboardPicture) => string;
}

// As wide as they get, so that the columns stand still: "1023 KiB", and a million faults.
const bytes = (value: number): string => formatBytes(Math.round(value)).padStart(8);
const whole = (value: number): string => String(Math.round(value)).padStart(7);
const numberField = (title: string, number: UnavailableNumber['number'], format: (value: number) => string): Field => ({
  ...{ title, number, align: 'right' },
  text({ point }) {
    const value = point?.[number] ?? null;
    return value === null ? UNKNOWN : format(value);
  },
});
const fullCpu = ({ subject }: DashboardRow, { cores }: DashboardPicture): number => (subject === 'host' ? 100 * cores : 100);

/** The most important first: what does not fit into the width is left out from the end. */
const fields: readonly Field[] = [
  { title: 'NAME', text: ({ subject, name }) => (subject === 'host' ? `${name} (host)` : name) },
  { title: 'STATE', text: (row, { atMs }) => (row.staleSinceMs === null ? row.state : `${row.state}, stale for ${Math.max(0, Math.round((atMs - row.staleSinceMs) / 1_000))} s`) },
  numberField('CPU', 'cpuPercent', (value) => `${value.toFixed(1)} %`.padStart(7)),
  { title: '', text: (row, picture) => bar((row.point?.cpuPercent ?? 0) / fullCpu(row, picture), BAR_CELLS) },
  numberField('MEMORY', 'memoryBytes', bytes),
  numberField('CONSOLE/s', 'consoleBytes', bytes),
  numberField('READ/s', 'diskReadBytes', bytes),
  numberField('WRITTEN/s', 'diskWrittenBytes', bytes),
  numberField('FAULTS/s', 'hostFaults', whole),
  numberField('RECEIVED/s', 'networkReceivedBytes', bytes),
  numberField('SENT/s', 'networkSentBytes', bytes),
  numberField('EXITS/s', 'exits', whole),
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

/** Why dots stand in the table: the same reason once, with its columns and rows. */
export function reasonsOf(rows: readonly DashboardRow[], chosen: readonly Field[]): string[] {
  const reasons = new Map<string, { titles: Set<string>; names: Set<string> }>();
  for (const { title, number } of chosen) {
    for (const row of rows) {
      const reason = row.unavailable.find((one) => one.number === number)?.reason;
      if (reason === undefined) continue;
      const { titles, names } = reasons.get(reason) ?? { titles: new Set(), names: new Set() };
      reasons.set(reason, { titles: titles.add(title), names: names.add(row.name) });
    }
  }
  return [...reasons].map(([reason, { titles, names }]) => `${UNKNOWN} ${[...titles].join(', ')} of ${[...names].join(', ')}: ${reason}`);
}

/** Lines of whole words, no wider than this; a word that is wider is cut. */
function wrap(text: string, width: number): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    return longer.length <= width ? [...lines.slice(0, -1), longer] : [...lines, Array.from(word).slice(0, width).join('')];
  }, []);
}

/** A table in so many columns, with a trail of each CPU where there is room, and why dots stand in it. Colour only adds to the words. */
export function renderDashboard(picture: DashboardPicture, width: number, colours: Paint): string {
  const { chosen, left } = fitting(picture, width);
  const trails = left >= NARROWEST_TRAIL && picture.rows.some(({ subject }) => picture.trail(subject).length > 1);
  const columns = [...chosen, ...(trails ? [{ title: 'CPU BEFORE' }] : [])];
  const room = Math.min(left, WIDEST_TRAIL);
  const trailOf = (row: DashboardRow): string => sparkline(picture.trail(row.subject).slice(-room), fullCpu(row, picture));
  const table = renderTable(columns, picture.rows.map((row) => [...chosen.map(({ text }) => text(row, picture)), ...(trails ? [trailOf(row)] : [])]));
  const [titles = '', rule = '', ...lines] = table.split('\n').map((line) => Array.from(line).slice(0, width).join(''));
  const marked = lines.map((line, at) => ((picture.rows[at]?.staleSinceMs ?? null) === null ? line : colours('dim', line)));
  const reasons = reasonsOf(picture.rows, chosen).flatMap((reason) => wrap(reason, width)).map((line) => colours('dim', line));
  return [colours('bold', titles), colours('dim', rule), ...marked, ...(reasons.length > 0 ? ['', ...reasons] : [])].join('\n');
}
