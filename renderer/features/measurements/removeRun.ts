import type { LabClient } from '../../../electron/contract/contract.ts';
import { showToast } from '../../app/toasts.ts';

interface NamedRun {
  readonly id: string;
  readonly name: string;
}

/** Moves a run to the trash and offers to take it back. */
export function removeRun(client: LabClient, run: NamedRun): Promise<void> {
  return removeRuns(client, [run]);
}

/** The same for several at once, with one way back for all that went; the first that could not go is thrown then. */
export async function removeRuns(client: LabClient, runs: readonly NamedRun[]): Promise<void> {
  const removals = runs.map(({ id }) => client.measurements.remove({ id }));
  const outcomes = await Promise.allSettled(removals);
  const gone = runs.filter((_, at) => outcomes[at]?.status === 'fulfilled');
  if (gone.length > 0) offerUndo(client, gone);
  await Promise.all(removals);
}

function offerUndo(client: LabClient, gone: readonly NamedRun[]): void {
  const [only] = gone;
  const text = gone.length === 1 && only !== undefined ? `“${only.name}” was moved to the trash.` : `${gone.length} measurements were moved to the trash.`;
  showToast({
    tone: 'neutral',
    text,
    action: {
      label: 'Undo',
      run: () => Promise.all(gone.map(({ id }) => client.measurements.restore({ id }))),
    },
  });
}
