import { DeclaredError } from '../../contract/errors.ts';
import type { InstallScript, ScriptPart, Typed } from '../../core/installations/installScript.ts';
import { readStepId, stepId, type InstallationGround } from '../../core/installations/planInstallation.ts';
import { startPlaying, type Playing, type ScriptAction } from '../../core/installations/playScript.ts';
import { performScript, playOf, type ConductorTools } from './conductor.ts';
import { withStep, type InstallationRecord } from './records.ts';
import { scriptValues } from './scripts.ts';
import { showAwaited } from './stepStates.ts';
import { consoleEnd, guestOf } from './steps.ts';

export interface PlayTools extends ConductorTools {
  readonly record: (id: string) => InstallationRecord;
  readonly put: (record: InstallationRecord) => void;
  /** Petri's public key for SSH, or nothing where none can be made. */
  readonly sshKey: () => Promise<string>;
  /** The file that grows while a system is installed: that of its disk, or the lab's data where it has none. */
  readonly growing: (disk: string | null) => string;
  /** Starts the machine anew, as at the beginning of a part. */
  readonly boot: (id: string, part: ScriptPart, ground: InstallationGround, signal: AbortSignal) => Promise<void>;
}

type Failed = Extract<ScriptAction, { kind: 'fail' }>;

const whys: Readonly<Record<Failed['why'], string[]>> = { late: [], ended: ['the machine ended'], 'said so': ['the system says that it failed'] };
const now = (): string => new Date().toISOString();

/** What a step of a script did to the record. */
function afterAction(record: InstallationRecord, action: ScriptAction, part: ScriptPart): InstallationRecord {
  if (action.kind === 'met' || action.kind === 'skipped') {
    return withStep(record, stepId({ kind: part, of: String(action.step) }), { state: action.kind === 'met' ? 'done' : 'skipped', detail: '', endedAt: now() });
  }
  if (action.kind !== 'restart') return record;
  return { ...record, steps: record.steps.map((step) => (readStepId(step.id).kind === part ? { ...step, state: 'waiting', startedAt: null, endedAt: null } : step)) };
}

/** Plays one part of an installation's script, from where it is to its end, and keeps in the record how far it is. */
export async function playPart(tools: PlayTools, id: string, part: ScriptPart, ground: InstallationGround, script: InstallScript, signal: AbortSignal): Promise<void> {
  const { record, put, consoles, sshKey, growing, boot } = tools;
  const { playing, disk, name } = record(id);
  const guest = guestOf(record(id));
  const values = scriptValues(script, ground.draft.guest.name, await sshKey());
  const play = playOf(script, part, values);
  const kept = playing?.part === part ? playing : null;
  if ((kept?.index ?? 0) >= play.steps.length) return;

  const end = consoleEnd(consoles, guest);
  const from: Playing = { ...startPlaying(kept?.offset ?? end, Date.now()), index: kept?.index ?? 0, met: kept?.met ?? 0, late: kept?.late ?? 0 };
  // What was about to be typed when a lab died was typed if the guest answered it.
  const pending = kept !== null && end <= kept.offset ? kept.pending : [];
  const keep = (state: Playing, actions: readonly ScriptAction[], about: readonly Typed[]): void => {
    const { index, met, late, offset } = state;
    const next: InstallationRecord = { ...record(id), playing: { part, index, met, late, offset, pending: [...about] } };
    put(showAwaited(actions.reduce((changed, action) => afterAction(changed, action, part), next), play, part, state));
  };
  const restart = async (): Promise<number> => {
    const offset = consoleEnd(consoles, guest);
    await boot(id, part, ground, signal);
    return offset;
  };
  const failed = ({ step, awaited, limitSeconds, lastLines, why }: Failed): DeclaredError =>
    new DeclaredError('INSTALLATION_STEP_FAILED', { installation: name, step: play.steps[step]?.title ?? '', awaited, limitSeconds, lastLines: [...lastLines, ...whys[why]] });

  keep(from, [], pending);
  await performScript(tools, { guest, diskPath: growing(disk), script, part, values, from, pending, signal, keep, restart, failed });
}
