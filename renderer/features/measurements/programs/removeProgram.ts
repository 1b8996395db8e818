import type { LabClient } from '../../../../electron/contract/contract.ts';
import type { ProgramTrace } from '../../../../electron/contract/programs.ts';
import { showToast } from '../../../app/toasts.ts';

/** Moves a trace to the trash and offers to take it back; one that was not saved is gone. */
export async function removeProgram(client: LabClient, { id, name, saved }: Pick<ProgramTrace, 'id' | 'name' | 'saved'>): Promise<void> {
  await client.programs.remove({ id });
  showToast({ tone: 'neutral', text: saved ? `“${name}” was moved to the trash.` : `“${name}” was not saved, and is forgotten.`, ...(saved && { action: { label: 'Undo', run: () => client.programs.restore({ id }) } }) });
}
