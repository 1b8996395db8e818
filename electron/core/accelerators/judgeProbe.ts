import type { AcceleratorName, AcceleratorReport } from '../../contract/accelerators.ts';

/** The device through which an accelerator is reached, as the file system shows it. */
export interface AcceleratorDevice {
  readonly path: string;
  /** Permission bits, for example 0o660. */
  readonly mode: number;
  readonly owner: string;
  readonly group: string;
}

/** What happened when an accelerator was to boot the built-in guest. */
export type ProbeOutcome =
  | { readonly kind: 'absent'; readonly evidence: readonly string[]; readonly fix: string | null }
  | { readonly kind: 'denied'; readonly device: AcceleratorDevice }
  | { readonly kind: 'booted'; readonly bootNs: number }
  | { readonly kind: 'late'; readonly limitMs: number; readonly lastLine: string; readonly stderrTail: string }
  | { readonly kind: 'ended'; readonly how: string; readonly lastLine: string; readonly stderrTail: string };

export type Judgement = Pick<AcceleratorReport, 'verdict' | 'bootNs' | 'tcgBootNs' | 'evidence' | 'fix' | 'command'>;

/**
 * Hardware that needs up to a quarter more than TCG for this short boot is called good: most of that time is QEMU's own
 * start, and what hardware gains grows with the guest's work.
 */
const CLOSE = 1.25;

function milliseconds(ns: number): string {
  return `${(ns / 1e6).toFixed(0)} ms`;
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '').slice(-6);
}

function lastWords(lastLine: string): string {
  return lastLine === '' ? 'the guest printed nothing' : `the guest's last line: ${lastLine}`;
}

function judgeDevice({ path, mode, owner, group }: AcceleratorDevice): Pick<Judgement, 'evidence' | 'fix' | 'command'> {
  const groupMayUse = (mode & 0o060) === 0o060 && group !== 'root';
  return {
    evidence: [`${path} exists, but this user may not open it: owner ${owner}, group ${group}, mode ${mode.toString(8).padStart(4, '0')}`],
    fix: groupMayUse ? `Join the group ${group}, then log out and in again.` : `Give this user access to ${path}.`,
    command: groupMayUse ? `sudo usermod -aG ${group} "$USER"` : `sudo setfacl -m "u:$USER:rw" ${path}`,
  };
}

function judgeTime(accelerator: AcceleratorName, bootNs: number, tcgBootNs: number | null): Judgement {
  const slow = accelerator !== 'tcg' && tcgBootNs !== null && bootNs > CLOSE * tcgBootNs;
  const compared = accelerator === 'tcg' || tcgBootNs === null ? '' : `; TCG reached it in ${milliseconds(tcgBootNs)}`;
  return {
    verdict: slow ? 'slow' : 'good',
    bootNs,
    tcgBootNs,
    evidence: [`the built-in guest reached its prompt in ${milliseconds(bootNs)}${compared}`],
    fix: slow ? 'Petri uses TCG, which is faster here. Hardware acceleration inside another virtual machine is often slow.' : null,
    command: null,
  };
}

/** The verdict that evidence allows, with QEMU's own words or the times; `tcgBootNs` is TCG's time in the same test. */
export function judgeProbe(accelerator: AcceleratorName, outcome: ProbeOutcome, tcgBootNs: number | null): Judgement {
  const unproven = { bootNs: null, tcgBootNs, fix: null, command: null };
  switch (outcome.kind) {
    case 'absent':
      return { ...unproven, verdict: 'absent', evidence: [...outcome.evidence], fix: outcome.fix };
    case 'denied':
      return { ...unproven, verdict: 'denied', ...judgeDevice(outcome.device) };
    case 'booted':
      return judgeTime(accelerator, outcome.bootNs, tcgBootNs);
    case 'late':
      return { ...unproven, verdict: 'broken', evidence: [`no prompt within ${outcome.limitMs} ms`, lastWords(outcome.lastLine), ...lines(outcome.stderrTail)] };
    case 'ended':
      return { ...unproven, verdict: 'broken', evidence: [`QEMU ${outcome.how}`, lastWords(outcome.lastLine), ...lines(outcome.stderrTail)] };
  }
}
