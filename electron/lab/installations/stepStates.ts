import { awaitedWords, type ScriptPart } from '../../core/installations/installScript.ts';
import { readStepId, stepId } from '../../core/installations/planInstallation.ts';
import type { Play, Playing } from '../../core/installations/playScript.ts';
import { withStep, type InstallationRecord } from './records.ts';

/** The step that is awaited is the one that runs, and says what it waits for. */
export function showAwaited(kept: InstallationRecord, play: Play, part: ScriptPart, { index, outcome, sinceMs }: Playing): InstallationRecord {
  const step = play.steps[index];
  if (step === undefined || outcome !== 'playing') return kept;
  return withStep(kept, stepId({ kind: part, of: String(index) }), { state: 'running', detail: `waits for ${awaitedWords(step.expect)}`, startedAt: new Date(sinceMs).toISOString(), endedAt: null });
}

/** Before what was lost with the machine: the part of the script that it played begins again, with a boot. */
export function rewound(kept: InstallationRecord, machineRuns: boolean): InstallationRecord {
  const again = (step: InstallationRecord['steps'][number]): InstallationRecord['steps'][number] => ({ ...step, state: 'waiting', detail: '', startedAt: null, endedAt: null });
  const retried = { ...kept, steps: kept.steps.map((step) => (step.state === 'failed' || step.state === 'running' ? again(step) : step)) };
  if (machineRuns) return retried;
  const isDone = (id: string): boolean => retried.steps.some((step) => step.id === id && step.state === 'done');
  const part = isDone('boot-disk') ? 'firstBoot' : isDone('boot-medium') && !isDone('eject') ? 'install' : null;
  if (part === null) return { ...retried, playing: null };
  const boot = part === 'install' ? 'boot-medium' : 'boot-disk';
  // The machine ended at the reboot that the last step awaited: nothing of this part is left to do.
  if (retried.steps.filter(({ id }) => readStepId(id).kind === part).every(({ state }) => state === 'done' || state === 'skipped') && part === 'install') return { ...retried, playing: null };
  return { ...retried, playing: null, steps: retried.steps.map((step) => (step.id === boot || readStepId(step.id).kind === part ? again(step) : step)) };
}
