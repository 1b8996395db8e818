import type { Calibration, CalibrationRow } from '../../contract/calibrations.ts';
import { overheadText } from '../../core/instruments/overheadText.ts';
import type { Paint } from '../run/terminal.ts';
import { renderTable } from './table.ts';

const digits = ({ unit }: CalibrationRow, value: number | null): string => {
  if (value === null) return '–';
  if (unit === 'ratio') return `${(value * 100).toFixed(3)} %`;
  return unit === 'ns' ? `${(value / 1e6).toFixed(3)} ms` : String(value);
};

/** Truth, measured and error of each row, as it would be pasted into a lab report, and what each instrument costs. */
export function renderCalibration({ rows, overheads, seed, host, qemu, state }: Calibration, paint: Paint): string {
  const table = renderTable(
    [{ title: 'guest' }, { title: 'instrument' }, { title: 'metric' }, { title: 'what' }, { title: 'truth', align: 'right' }, { title: 'measured', align: 'right' }, { title: 'error', align: 'right' }, { title: 'allowed', align: 'right' }, { title: 'verdict' }],
    rows.map((row) => [
      row.architecture, row.instrument, row.metric, row.what, row.verdict === 'unavailable' ? '–' : digits(row, row.truth), digits(row, row.measured), digits(row, row.error), digits(row, row.tolerance),
      `${row.verdict === 'out' ? paint('bold', 'OUT') : row.verdict}${row.says === '' ? '' : `: ${row.says}`}`,
    ]),
  );
  const costs = overheads.map(({ architecture, instrument, setting, ...overhead }) => [architecture, instrument, setting, overheadText(overhead)]);
  const costTable = costs.length === 0 ? [] : ['', renderTable([{ title: 'guest' }, { title: 'instrument' }, { title: 'setting' }, { title: 'the same boot takes' }], costs)];
  const out = rows.filter(({ verdict }) => verdict === 'out').length;
  const sum = `${rows.filter(({ verdict }) => verdict === 'in').length} in calibration, ${out} out, ${rows.length - out - rows.filter(({ verdict }) => verdict === 'in').length} unavailable`;
  const where = `${host.cpuModel}, ${host.cores} cores, kernel ${host.kernel}; ${[...new Set(qemu.map(({ version }) => `QEMU ${version}`))].join(', ')}; seed ${seed}${state === 'done' ? '' : `; ${state}`}`;
  return [table, ...costTable, '', sum, where].join('\n');
}
