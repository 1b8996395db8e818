import type { AcceleratorChoice, AcceleratorName, AcceleratorReport } from '../../contract/accelerators.ts';
import type { Finding, Platform } from './capabilities.ts';

/** What each system calls its own acceleration. */
const native: Record<Platform, AcceleratorName> = { linux: 'kvm', darwin: 'hvf', win32: 'whpx', other: 'nvmm' };

const reasons: Record<AcceleratorReport['verdict'], string> = {
  good: 'works',
  slow: 'is slower here than emulation',
  broken: 'does not boot a guest here',
  denied: 'may not be used by this user',
  absent: 'is not there',
};

/**
 * Judged by the boots of the built-in guest. Emulation always does, so a machine without hardware acceleration is
 * `limited` and not missing anything.
 */
export function judgeAccelerators(choices: readonly AcceleratorChoice[], platform: Platform): Finding {
  const reports = choices.flatMap((choice) => choice.reports);
  const working = choices.filter(({ chosen }) => chosen !== null);
  const hardware = working.find(({ chosen }) => chosen !== 'tcg');
  if (hardware !== undefined) {
    const chosen = reports.find(({ accelerator, architecture }) => accelerator === hardware.chosen && architecture === hardware.architecture);
    return { verdict: 'good', summary: `${upper(hardware.chosen ?? 'tcg')} works.`, evidence: chosen?.evidence ?? [], fix: null, command: null };
  }

  const own = ownReport(reports, native[platform]);
  const evidence = own?.evidence ?? [];
  const help = { fix: own?.fix ?? null, command: own?.command ?? null };
  if (working.length === 0) return { verdict: 'broken', summary: 'No accelerator boots the built-in guest, not even emulation.', evidence, ...help };
  const why = own === undefined ? '' : `: ${upper(own.accelerator)} ${reasons[own.verdict]}`;
  return { verdict: 'limited', summary: `Guests are emulated (TCG)${why}.`, evidence, ...help };
}

/** The system's own accelerator on the architecture where most can be said of it. */
function ownReport(reports: readonly AcceleratorReport[], name: AcceleratorName): AcceleratorReport | undefined {
  const own = reports.filter(({ accelerator }) => accelerator === name);
  return own.find(({ verdict }) => verdict !== 'absent') ?? own[0];
}

const upper = (name: AcceleratorName): string => name.toUpperCase();
