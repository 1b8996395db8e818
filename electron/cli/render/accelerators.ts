import type { AcceleratorChoice, AcceleratorReport } from '../../contract/accelerators.ts';
import { formatDuration } from '../../core/charts/numbers.ts';
import type { Paint, Style } from '../run/terminal.ts';
import { printable } from '../run/failures.ts';
import { renderTable } from './table.ts';

const styles: Readonly<Record<AcceleratorReport['verdict'], Style>> = { good: 'green', slow: 'yellow', broken: 'red', denied: 'yellow', absent: 'dim' };

const orNothing = (nanoseconds: number | null): string => (nanoseconds === null ? '' : formatDuration(nanoseconds));

function row({ accelerator, verdict, bootNs, cpuModel, evidence }: AcceleratorReport, chosen: boolean, style: Paint): string[] {
  const [proof = ''] = evidence;
  return [chosen ? '→' : '', accelerator, style(styles[verdict], verdict), orNothing(bootNs), cpuModel, printable(proof)];
}

/** For each architecture what each accelerator can do here; the chosen one is marked. */
export function renderAccelerators(choices: readonly AcceleratorChoice[], style: Paint): string {
  return choices
    .map(({ architecture, chosen, reports }) => {
      const table = renderTable(
        [{ title: '' }, { title: 'accelerator' }, { title: 'verdict' }, { title: 'boot', align: 'right' }, { title: 'CPU model' }, { title: 'evidence' }],
        reports.map((report) => row(report, report.accelerator === chosen, style)),
      );
      const fixes = reports.flatMap(({ accelerator, fix, command }) => (fix === null ? [] : [`   ${accelerator}: ${fix}${command === null ? '' : `\n       ${command}`}`]));
      const build = reports.find(({ qemu }) => qemu !== null)?.qemu;
      const heading = `${architecture}${build === undefined || build === null ? '' : `, QEMU ${build.version}${build.package === null ? '' : ` (${build.package})`}`}`;
      return [style('bold', heading), table, ...fixes].join('\n');
    })
    .join('\n\n');
}
