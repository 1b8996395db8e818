import type { LabClient } from '../../../electron/contract/contract.ts';
import { showToast } from '../../app/toasts.ts';

/** Moves a run to the trash and offers to take it back. */
export async function removeRun(client: LabClient, { id, name }: { readonly id: string; readonly name: string }): Promise<void> {
  await client.measurements.remove({ id });
  showToast({ tone: 'neutral', text: `“${name}” was moved to the trash.`, action: { label: 'Undo', run: () => client.measurements.restore({ id }) } });
}
