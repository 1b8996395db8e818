import { installationDraft } from '../../contract/installations.ts';
import { readStepId, type InstallationGround } from '../../core/installations/planInstallation.ts';
import type { RunningTask } from '../tasks/tasks.ts';
import type { InstallationBook } from './book.ts';
import type { InstallationsDependencies } from './installations.ts';
import { playPart, type PlayTools } from './playPart.ts';
import type { InstallationRecord } from './records.ts';
import { readInstallScript } from './scripts.ts';
import { createSteps, type OwnStep } from './steps.ts';

/** Does the steps of installations. */
export interface InstallationPerformer {
  /** What an installation works with: its whole draft, its entry of the catalog, its script. */
  groundOf(installation: Pick<InstallationRecord, 'draft' | 'script'>): InstallationGround;
  /** Does all that is not done yet. Stops, without an error, where a person has to go on. */
  perform(id: string, task: RunningTask, signal: AbortSignal): Promise<'done' | 'byHand'>;
}

export function createPerformer({ catalog, disks, guests, consoles, dataDirectory, resourcesDirectory, sshKey }: InstallationsDependencies, book: InstallationBook): InstallationPerformer {
  const { record } = book;
  const steps = createSteps({ catalog, disks, guests, consoles });
  const playing: PlayTools = {
    consoles,
    guests,
    record,
    put: book.put,
    sshKey,
    growing: (disk) => (disk === null ? dataDirectory : disks.get(disk).path),
    boot: async (id, part, ground, signal) => {
      await steps[part === 'install' ? 'boot-medium' : 'boot-disk']({ record: record(id), ground, of: null, task: { id, signal, report: () => undefined } });
    },
  };
  const groundOf: InstallationPerformer['groundOf'] = ({ draft, script }) => {
    const whole = installationDraft.parse(draft);
    const entry = whole.entry === null ? null : catalog.get(whole.entry);
    return { draft: whole, entry, script: script === null ? null : readInstallScript(resourcesDirectory, script) };
  };
  const performOwn = async (id: string, step: string, kind: OwnStep, of: string | null, ground: InstallationGround, task: RunningTask): Promise<void> => {
    book.beginStep(id, step);
    book.change(id, await steps[kind]({ record: record(id), ground, of, task }));
    book.endStep(id, step, 'done');
  };

  return {
    groundOf,
    async perform(id, task, signal) {
      const ground = groundOf(record(id));
      for (const { id: step, title } of record(id).steps) {
        signal.throwIfAborted();
        const { kind, of } = readStepId(step);
        // A script's part does many steps at once.
        const { state } = record(id).steps.find((candidate) => candidate.id === step) ?? { state: 'waiting' };
        if (state === 'done' || state === 'skipped') continue;
        task.report({ phase: title });
        if (kind === 'by-hand') {
          book.beginStep(id, step);
          return 'byHand';
        }
        if (kind === 'install' || kind === 'firstBoot') {
          if (ground.script !== null) await playPart(playing, id, kind, ground, ground.script, signal);
          continue;
        }
        await performOwn(id, step, kind, of, ground, { ...task, signal });
      }
      return 'done';
    },
  };
}
