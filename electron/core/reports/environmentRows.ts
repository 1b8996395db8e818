import { imageName } from '../../contract/catalog.ts';
import type { Report } from '../../contract/reports.ts';
import { originText } from '../measurements/timing.ts';
import { isKnown, NOT_KNOWN, qemuWords } from '../measurements/knownFacts.ts';

export interface EnvironmentRow {
  readonly name: string;
  readonly value: string;
}

const GIBIBYTE = 2 ** 30;

/** What the samples say, each thing once. */
function each(samples: Report['samples'], of: (sample: Report['samples'][number]) => string | null): string {
  return [...new Set(samples.flatMap((sample) => of(sample) ?? []))].join('; ');
}

/** Where and how a run was made: the machine, then each subject, then the instrument. */
export function environmentRows({ run, samples, generator }: Report): EnvironmentRow[] {
  const { plan, subjects } = run;
  return [
    ...hostRows(run),
    ...subjects.flatMap((subject) => {
      const { guest, qemu, accelerator } = subject;
      const prefix = subjects.length > 1 ? `${subject.key}: ` : '';
      const { board, cpuModel, cpus, memoryMiB } = guest.machine;
      return [
        { name: `${prefix}Guest`, value: `${subject.label}${subject.control ? ', control' : ''}, ${guest.architecture}, ${isKnown(run, 'machine') ? `${board}, ${cpus} CPU (${cpuModel}), ${memoryMiB} MiB` : `its machine ${NOT_KNOWN}`}` },
        { name: `${prefix}Kernel arguments`, value: isKnown(run, 'machine') ? [guest.boot.arguments, subject.extraArguments].filter((part) => part !== '').join(' ') || 'none' : NOT_KNOWN },
        { name: `${prefix}QEMU`, value: `${qemuWords(run, subject)}${qemu.package === null ? '' : ` (${qemu.package})`}, accelerator ${isKnown(run, 'accelerator') ? accelerator : NOT_KNOWN}` },
      ];
    }),
    ...placeRows(samples),
    ...imageRows(run),
    { name: 'Plan', value: isKnown(run, 'machine') ? `${plan.runs} ${plan.runs === 1 ? 'boot' : 'boots'} after ${plan.warmUps} warm-up${plan.warmUps === 1 ? '' : 's'}${subjects.length > 1 ? ' for each guest, in random order' : ''} (seed ${plan.seed}), limit ${plan.timeLimitSeconds} s a boot` : `${NOT_KNOWN}; ${run.imported?.files ?? plan.runs} files were read` },
    { name: 'Instrument', value: each(samples, ({ provenance, timing }) => (timing === undefined ? provenance.technique : originText(timing.lines))) },
    ...(samples.some(({ timing }) => timing?.symbols != null) ? [{ name: 'At symbols', value: each(samples, ({ timing }) => (timing?.symbols == null ? null : originText(timing.symbols))) }] : []),
    { name: 'Begun', value: run.createdAt },
    { name: 'Ended', value: run.endedAt ?? 'not ended' },
    { name: 'Made by', value: `${generator.name} ${generator.version}` },
  ];
}

function hostRows(run: Report['run']): EnvironmentRow[] {
  const { host } = run;
  if (!isKnown(run, 'host')) return [{ name: 'Machine', value: NOT_KNOWN }];
  return [
    { name: 'Machine', value: `${host.cpuModel}, ${host.cores} cores, ${(host.memoryBytes / GIBIBYTE).toFixed(1)} GiB` },
    { name: 'System', value: `${host.platform}, kernel ${host.kernel}` },
    { name: 'Governor', value: host.governor ?? NOT_KNOWN },
    { name: 'Virtualised', value: host.virtualised === null ? NOT_KNOWN : host.virtualised ? 'yes' : 'no' },
    { name: 'Machine’s id', value: host.id },
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
