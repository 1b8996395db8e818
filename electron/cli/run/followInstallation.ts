import { createInterface } from 'node:readline/promises';
import { isLostLine, lostLab } from '../../client/failures.ts';
import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Installation } from '../../contract/installations.ts';
import { renderStep } from '../render/installations.ts';
import type { Context } from './context.ts';
import { paint } from './terminal.ts';

const QUESTION = 'Take over in its console, remove what is there, or leave it to the lab? [t/r/L] ';

/** Asks what Ctrl-C meant; where nobody can answer, it means that nothing shall be left. */
async function askWhatThen(): Promise<'takeOver' | 'remove' | 'leave'> {
  if (!process.stdin.isTTY) return 'remove';
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await lines.question(QUESTION)).trim().toLowerCase();
    return answer.startsWith('t') ? 'takeOver' : answer.startsWith('r') ? 'remove' : 'leave';
  } finally {
    lines.close();
  }
}

/** Prints each step that ended since the last look, and draws the one that runs. */
function createStepPrinter({ terminal }: Pick<Context, 'terminal'>): (installation: Installation) => void {
  const colours = paint(terminal.errorColour);
  const told = new Map<string, string>();
  return ({ steps }) => {
    for (const step of steps) {
      const ended = step.state === 'done' || step.state === 'failed' || step.state === 'skipped';
      if (ended && told.get(step.id) !== step.state) terminal.report(renderStep(step, colours));
      told.set(step.id, step.state);
    }
    const running = steps.find(({ state }) => state === 'running');
    if (running !== undefined) terminal.progress(renderStep(running, paint(false)), running.id);
  };
}

/**
 * Shows an installation until it ends or is in a person's hands, and answers it then. With Ctrl-C a person is asked what
 * shall be done; the failure of a failed one is thrown.
 */
export async function followInstallation(client: LabClient, id: string, context: Pick<Context, 'terminal' | 'cancelled'>): Promise<Installation> {
  const { cancelled } = context;
  const show = createStepPrinter(context);
  const stream = await client.installations.watch();
  let left = false;
  const interrupted = async (): Promise<void> => {
    const then = await askWhatThen();
    if (then === 'takeOver') await client.installations.takeOver({ id });
    if (then === 'remove') await client.installations.cancel({ id });
    left = then === 'leave';
    if (left) await stream.return(undefined);
  };
  // What was asked for may have become impossible meanwhile: the end of the installation tells what happened.
  const onInterrupt = (): void => void interrupted().catch(() => undefined);
  cancelled.addEventListener('abort', onInterrupt, { once: true });
  try {
    for await (const list of stream) {
      const found = list.find((installation) => installation.id === id);
      if (found === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'installation', id });
      show(found);
      if (found.state === 'failed' && found.failure !== null) throw new DeclaredError(found.failure.code, found.failure.details);
      if (found.state === 'cancelled') throw new DeclaredError('CANCELLED', { task: `The installation of ${found.name}` });
      if (found.state !== 'running') return found;
    }
    return await client.installations.get({ id });
  } catch (error) {
    if (!isLostLine(error)) throw error;
    throw lostLab(`What it made is kept. Go on with "petri install --resume ${id}", which starts a lab; "petri install --list" shows how far it came.`, error);
  } finally {
    cancelled.removeEventListener('abort', onInterrupt);
  }
}
