import type { Run, Sample } from '../../contract/measurements.ts';
import { formatDuration } from '../charts/numbers.ts';
import { overheadText } from '../instruments/overheadText.ts';
import { coarsestResolution } from './resolution.ts';

/** Below so many boots an interval is called approximate with its figure. */
const SMALL_SAMPLE = 30;

/** What the numbers of a run do not say. */
export function reportLimits(run: Run, samples: readonly Sample[]): string[] {
  return [...meaningOfTimes(run), ...emulation(run), ...resolution(samples), ...overhead(run), ...smallSample(run), ...equipment(run), ...machine(run)];
}

function meaningOfTimes({ phaseTable }: Run): string[] {
  const observable = phaseTable.phases.filter((phase) => phase.pattern !== null);
  const required = observable.filter((phase) => !phase.optional);
  const [first, last] = [required[0] ?? observable[0], required.at(-1) ?? observable.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [
    `Boot means the time from the first byte of “${first.title}” to the first byte of “${last.title}” on the serial port. What QEMU, the firmware and the loader need before it is given apart, and the end of QEMU is never counted.`,
    'Stamps count from the moment before QEMU was started. A phase ends when its line leaves the guest, so the time to print a line belongs to the phase that follows.',
    ...observable.length < phaseTable.phases.length ? ['A phase that prints nothing cannot be seen from outside; its time is part of the next phase that prints.'] : [],
  ];
}

function emulation({ subjects }: Run): string[] {
  if (!subjects.some((subject) => subject.accelerator === 'tcg')) return [];
  return ['The guest was emulated (TCG). Its times depend on the emulator and on this machine: they are never comparable with times of real hardware or of hardware virtualisation. Ratios between guests measured in one run are.'];
}

function resolution(samples: readonly Sample[]): string[] {
  const coarsest = coarsestResolution(samples);
  const technique = samples[0]?.provenance.technique;
  return technique === undefined ? [] : [`Stamps have a resolution of ${formatDuration(coarsest, coarsest)} (${technique}); nothing finer is known.`];
}

function overhead({ overhead: measured }: Run): string[] {
  if (measured === null) return ['What the instrument itself costs was not measured on this machine.'];
  return [`Measuring makes a boot ${overheadText(measured)}; the times are not corrected for it.`];
}

function smallSample({ plan }: Run): string[] {
  const base = 'Intervals are 95 % intervals of the median by the percentile bootstrap.';
  if (plan.runs >= SMALL_SAMPLE) return [base];
  return [`${base} With few boots they are approximate: at 10 boots such an interval contains the true median in 91–94 % of cases. Small differences are not found: at 10 boots and a spread of 12 %, a change of 5 % is found 12 % of the time, one of 20 % 88 %.`];
}

function equipment({ subjects }: Run): string[] {
  const [disks, network] = [subjects.some(({ guest }) => guest.disks.length > 0), subjects.some(({ guest }) => guest.network.kind !== 'none')];
  return [
    ...(disks ? ['Each boot began with the disk as it is and wrote to a throw-away layer on top of it: the disk itself was not changed, and what the layer costs is in the times.'] : []),
    ...(network ? ['The guest was booted without its network, so that no port of the host was needed.'] : []),
  ];
}

function machine({ host }: Run): string[] {
  const virtual = host.virtualised === true ? ' It is itself a virtual machine, whose host may stall it at any time.' : '';
  return [`All boots were made on one machine.${virtual} Outliers are marked and kept in every number.`];
}
