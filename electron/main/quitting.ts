import { app, dialog } from 'electron';
import type { LabClient } from '../contract/contract.ts';
import type { LabLink } from './labLink.ts';

// A lab that does not answer must not keep the app from quitting.
const ANSWER_LIMIT_MS = 2_000;

/** One line for each guest and each task that goes on when the window is gone. */
export async function whatRuns(client: LabClient): Promise<string[]> {
  const options = { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) };
  const [guests, tasks] = await Promise.all([client.guests.list(undefined, options), client.tasks.list(undefined, options)]);
  return [
    ...guests.filter(({ runtime }) => runtime.state !== 'stopped').map(({ definition, runtime }) => `${definition.name}: ${runtime.state}`),
    ...tasks.filter(({ state }) => state === 'running').map(({ title, phase }) => `${title}: ${phase}`),
  ];
}

type Answer = 'leave' | 'powerDown' | 'stay';

async function ask(running: readonly string[]): Promise<Answer> {
  const { response } = await dialog.showMessageBox({
    type: 'question',
    title: 'Quit Petri',
    message: 'These go on when the window is closed.',
    detail: running.join('\n'),
    buttons: ['Quit and let them run', 'Power down and quit', 'Cancel'],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  });
  return (['leave', 'powerDown', 'stay'] as const)[response] ?? 'stay';
}

/** Decides what quitting does, by the person's word where something runs. */
async function decide(lab: LabLink): Promise<Answer> {
  const client = lab.runningClient();
  if (client === null) return 'leave';
  // An unanswered question is not a reason to stay: leaving changes nothing in the lab.
  const running = await whatRuns(client).catch(() => []);
  const answer = running.length === 0 ? 'leave' : await ask(running);
  if (answer === 'powerDown') await client.system.shutdown({ guests: 'powerDown' }).catch(() => undefined);
  return answer;
}

/** Lists what runs before the app quits, and lets the person choose. */
export function askBeforeQuitting(lab: LabLink): void {
  let asking = false;
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (asking) return;
    asking = true;
    void decide(lab).then((answer) => {
      asking = false;
      if (answer === 'stay') return;
      lab.close();
      app.exit(0);
    });
  });
}
