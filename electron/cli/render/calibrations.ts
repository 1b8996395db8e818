import type { Calibration, CalibrationRow } from '../../contract/calibrations.ts';
import { countVerdicts, verdictWords } from '../../core/calibrations/countVerdicts.ts';
import { OBSERVED_WORK_WORDS } from '../../core/calibrations/settings.ts';
import { overheadText } from '../../core/instruments/overheadText.ts';
import type { Paint } from '../run/terminal.ts';
import { renderTable } from './table.ts';

function digits(value: number | null, unit: CalibrationRow['unit']): string {
  if (value === null) return '–';
  if (unit === 'ratio') return `${(value * 100).toFixed(3)} %`;
  if (unit === 'bytes') return `${value} B`;
  return unit === 'ns' ? `${(value / 1e6).toFixed(3)} ms` : String(value);
}

/** Truth, measured and error of each row, as it would be pasted into a lab report, and what each instrument costs. */
export function renderCalibration(calibration: Calibration, paint: Paint): string {
  const { rows, overheads, startedAt, id } = calibration;
  const costs = overheads.map(({ architecture, instrument, setting, ...overhead }) => [architecture, instrument, setting, overheadText(overhead)]);
  const costTable = costs.length === 0 ? [] : ['', `What observing costs: interleaved boots with each instrument and without it, each with ${OBSERVED_WORK_WORDS} to do`, '', renderTable([{ title: 'guest' }, { title: 'instrument' }, { title: 'setting' }, { title: 'the same boot takes' }], costs)];
  return [
    `Calibration of ${startedAt.slice(0, 16).replace('T', ' ')} UTC (${id})`, machineLine(calibration), '',
    ...(rows.length === 0 ? ['no row was compared'] : groupedRows(rows, paint)),
    ...costTable, '', `all: ${verdictWords(countVerdicts(rows))}${calibration.state === 'done' ? '' : `; ${calibration.state}`}`,
  ].join('\n');
}

function machineLine({ host, qemu, seed }: Calibration): string {
  return `${host.cpuModel}, ${host.cores} cores, kernel ${host.kernel}; ${[...new Set(qemu.map(({ version }) => `QEMU ${version}`))].join(', ')}; seed ${seed}`;
}

/** One table, so that its columns stand below each other, with a line before the rows of each guest and instrument. */
function groupedRows(rows: readonly CalibrationRow[], paint: Paint): string[] {
  const groups = Map.groupBy(rows, ({ architecture, instrument }) => `${architecture}, ${instrument}`);
  const ordered = [...groups.values()].flat();
  const [head = '', rule = '', ...lines] = renderTable(
    [{ title: 'metric' }, { title: 'what' }, { title: 'truth', align: 'right' }, { title: 'measured', align: 'right' }, { title: 'error', align: 'right' }, { title: 'allowed', align: 'right' }, { title: 'verdict' }],
    ordered.map((row) => [row.metric, row.what, ...numbersOf(row), `${row.verdict === 'out' ? paint('bold', 'OUT') : row.verdict}${row.says === '' ? '' : `: ${row.says}`}`]),
  ).split('\n');
  let at = 0;
  return [head, rule, ...[...groups].flatMap(([name, own], group) => [...(group === 0 ? [] : ['']), paint('bold', `${name}: ${verdictWords(countVerdicts(own))}`), ...lines.slice(at, (at += own.length))])];
}

function numbersOf({ verdict, truth, measured, error, tolerance, unit }: CalibrationRow): string[] {
  // What could not be seen at all has no truth either; where the host was too busy the numbers are worth a look.
  if (verdict === 'unavailable' && measured === null) return ['–', '–', '–', '–'];
  return [digits(truth, unit), digits(measured, unit), digits(error, unit), tolerance === 0 ? 'none' : digits(tolerance, unit)];
}

/** Those that are kept, the newest first. */
export function renderCalibrations(calibrations: readonly Calibration[]): string {
  if (calibrations.length === 0) return 'no calibration was kept; begin one with: petri calibrate';
  const rows = calibrations.map(({ id, startedAt, state, host, qemu, rows: all }) => [id, startedAt.slice(0, 16).replace('T', ' '), state, verdictWords(countVerdicts(all)), `${[...new Set(qemu.map(({ version }) => `QEMU ${version}`))].join(', ')}, ${host.cpuModel}`]);
  return renderTable([{ title: 'calibration' }, { title: 'begun (UTC)' }, { title: 'state' }, { title: 'rows' }, { title: 'on' }], rows);
}
