import { imageName } from '../../contract/catalog.ts';
import type { Report } from '../../contract/reports.ts';

export interface EnvironmentRow {
  readonly name: string;
  readonly value: string;
}

const GIBIBYTE = 2 ** 30;

/** Where and how a run was made: the machine, then each subject, then the instrument. */
export function environmentRows({ run, samples, generator }: Report): EnvironmentRow[] {
  const { host, plan, subjects } = run;
  const known = (value: string | null): string => value ?? 'not known';
  return [
    { name: 'Machine', value: `${host.cpuModel}, ${host.cores} cores, ${(host.memoryBytes / GIBIBYTE).toFixed(1)} GiB` },
    { name: 'System', value: `${host.platform}, kernel ${host.kernel}` },
    { name: 'Governor', value: known(host.governor) },
    { name: 'Virtualised', value: host.virtualised === null ? 'not known' : host.virtualised ? 'yes' : 'no' },
    { name: 'Machine’s id', value: host.id },
    ...subjects.flatMap((subject) => {
      const { guest, qemu, accelerator } = subject;
      const prefix = subjects.length > 1 ? `${subject.key}: ` : '';
      const { board, cpuModel, cpus, memoryMiB } = guest.machine;
      return [
        { name: `${prefix}Guest`, value: `${subject.label}${subject.control ? ', control' : ''}, ${guest.architecture}, ${board}, ${cpus} CPU (${cpuModel}), ${memoryMiB} MiB` },
        { name: `${prefix}Kernel arguments`, value: [guest.boot.arguments, subject.extraArguments].filter((part) => part !== '').join(' ') || 'none' },
        { name: `${prefix}QEMU`, value: `${qemu.version}${qemu.package === null ? '' : ` (${qemu.package})`}, accelerator ${accelerator}` },
      ];
    }),
    ...placeRows(samples),
    ...imageRows(run),
    { name: 'Plan', value: `${plan.runs} ${plan.runs === 1 ? 'boot' : 'boots'} after ${plan.warmUps} warm-up${plan.warmUps === 1 ? '' : 's'}${subjects.length > 1 ? ' for each guest, in random order' : ''} (seed ${plan.seed}), limit ${plan.timeLimitSeconds} s a boot` },
    { name: 'Instrument', value: [...new Set(samples.map((sample) => sample.provenance.technique))].join('; ') },
    { name: 'Begun', value: run.createdAt },
    { name: 'Ended', value: run.endedAt ?? 'not ended' },
    { name: 'Made by', value: `${generator.name} ${generator.version}` },
  ];
}

/** The engines in containers of which QEMU ran, each once. */
function placeRows(samples: Report['samples']): EnvironmentRow[] {
  const words = samples.flatMap(({ place }) => (place === undefined ? [] : [`${place.engine} (${place.address}), Docker ${place.version} on ${place.host}, kernel ${place.kernel}, image ${place.image}`]));
  return [...new Set(words)].map((value) => ({ name: 'In containers of', value }));
}

/** Each image once, however many subjects boot it. */
function imageRows({ subjects }: Report['run']): EnvironmentRow[] {
  const rows = subjects.flatMap(({ guest, images }) => {
    const { kernel, modules } = guest.boot;
    const kernels = kernel === null ? [] : [{ name: 'Kernel', path: imageName(kernel) }];
    const paths = [...kernels, ...modules.map(({ image }) => ({ name: 'Module', path: imageName(image) }))];
    return paths.map(({ name, path }, position) => ({ name, path, digest: images[position]?.digest ?? 'not recorded' }));
  });
  const once = new Map(rows.map((row) => [`${row.digest} ${row.path}`, row]));
  return [...once.values()].flatMap(({ name, path, digest }) => [{ name, value: path }, { name: 'Its SHA-256', value: digest }]);
}
