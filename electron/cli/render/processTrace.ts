import type { ProcessTrace } from '../../contract/instruments.ts';
import { rankCalls, type RankedCall } from '../../core/calls/rankCalls.ts';
import { formatDuration, formatPercent } from '../../core/charts/numbers.ts';
import { printable } from '../run/failures.ts';
import type { Paint } from '../run/terminal.ts';
import { numberText } from './numbers.ts';
import { renderTable, type Column } from './table.ts';

const LONGEST_RANKING = 25;

const columns: readonly Column[] = [
  { title: '#', align: 'right' }, { title: 'call' }, { title: 'count', align: 'right' }, { title: 'share', align: 'right' }, { title: 'errors', align: 'right' },
  { title: 'min ns', align: 'right' }, { title: 'median ns', align: 'right' }, { title: 'p95 ns', align: 'right' }, { title: 'p99 ns', align: 'right' }, { title: 'max ns', align: 'right' },
];

/** The calls of programs of this host, in the form of a guest's. */
export function renderProcessTrace(trace: ProcessTrace, style: Paint): string {
  const { calls, provenance, overhead, durationNs, cut, left, target } = trace;
  const ranking = rankCalls(calls);
  const rest = ranking.slice(LONGEST_RANKING);
  return [
    [
      `${style('bold', titleOf(target))}  ${numberText(calls.total)} system calls in ${formatDuration(durationNs)}`,
      `  instrument  ${provenance.technique}; times have steps of ${numberText(provenance.resolutionNs)} ns`,
      `  costs       ${overhead}`,
    ].join('\n'),
    renderTable(columns, ranking.slice(0, LONGEST_RANKING).map(rowOf)),
    ...(rest.length === 0 ? [] : [`  … and ${rest.length} more with ${numberText(rest.reduce((sum, { count }) => sum + count, 0))} calls`]),
    processesOf(trace),
    ...(cut === null ? [] : [`note: not all was seen: ${cut}`]),
    ...(left.undecoded + left.returnsWithoutCall === 0 ? [] : [`note: ${left.undecoded} calls are in no table, ${left.returnsWithoutCall} returned that had begun before`]),
  ].join('\n\n');
}

function titleOf(target: ProcessTrace['target']): string {
  if (target.kind === 'command') return printable([target.command, ...target.args].join(' '));
  return target.kind === 'container' ? `container ${printable(target.name)}` : `${target.pids.length === 1 ? 'process' : 'processes'} ${target.pids.join(', ')}`;
}

function rowOf({ rank, name, count, share, errors, latencyNs }: RankedCall): string[] {
  const times = latencyNs === null ? Array<string>(5).fill('–') : [latencyNs.min, latencyNs.median, latencyNs.p95, latencyNs.p99, latencyNs.max].map(numberText);
  return [String(rank), printable(name), numberText(count), formatPercent(share), errors === null ? '?' : numberText(errors), ...times];
}

function processesOf({ calls }: ProcessTrace): string {
  const counts = Map.groupBy(calls.rows, ({ process }) => process);
  const rows = [...counts].map(([process, same]) => [process, same.reduce((sum, { count }) => sum + count, 0)] as const).sort(([, one], [, other]) => other - one);
  return `by process: ${rows.map(([process, count]) => `${printable(process)} ${numberText(count)}`).join(', ') || 'none made a call'}`;
}
