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

/** The same for several, with one way back for all that went; the first that cannot go ends it and is thrown. */
export async function removeRuns(client: LabClient, runs: readonly NamedRun[]): Promise<void> {
  const gone: NamedRun[] = [];
  try {
    for (const run of runs) {
      await client.measurements.remove({ id: run.id });
      gone.push(run);
    }
  } finally {
    if (gone.length > 0) offerUndo(client, gone);
  }
}

function offerUndo(client: LabClient, gone: readonly NamedRun[]): void {
  const [only] = gone;
  const text = gone.length === 1 && only !== undefined ? `“${only.name}” was moved to the trash.` : `${gone.length} measurements were moved to the trash.`;
  showToast({
    tone: 'neutral',
    text,
    action: {
      label: 'Undo',
      run: async () => {
        for (const { id } of gone) await client.measurements.restore({ id });
      },
    },
  });
}
