import type { BootDiff } from '../../contract/measurements.ts';
import { formatDuration } from '../../core/charts/numbers.ts';
import { printable } from '../run/failures.ts';
import type { Paint } from '../run/terminal.ts';
import { numberText } from './numbers.ts';
import { renderTable, type Column } from './table.ts';

type Moment = BootDiff['phases'][number]['a'];

function cells({ lineNs, symbolNs, instructions }: Moment): string[] {
  return [lineNs === null ? '–' : formatDuration(lineNs), symbolNs === null ? '–' : formatDuration(symbolNs), instructions === null ? '–' : numberText(instructions)];
}

const columns: readonly Column[] = [
  { title: 'phase' },
  ...['A line', 'A symbol', 'A instructions', 'B line', 'B symbol', 'B instructions'].map((title): Column => ({ title, align: 'right' })),
  { title: 'differs' },
];

/** Two boots beside each other, and the first place where they part with its evidence. */
export function renderDiff({ exact, phases, events, says }: BootDiff, style: Paint): string {
  const rows = phases.map(({ title, a, b, differs }) => [title, ...cells(a), ...cells(b), differs === null ? '' : style('yellow', differs)]);
  const divergence = events?.divergence ?? null;
  const evidence = divergence === null ? [] : ['', ...divergence.before.map((line) => `    ${printable(line)}`), side('A', divergence.a, style), side('B', divergence.b, style)];
  return [style('bold', says), exact ? 'Logical time: times below are the host’s, instructions are the guest’s.' : 'Not in logical time: that times differ says nothing.', '', renderTable(columns, rows), ...evidence].join('\n');
}

function side(name: string, line: string | null, style: Paint): string {
  return `${style('bold', `  ${name} `)}${line === null ? '(had ended)' : printable(line)}`;
}
