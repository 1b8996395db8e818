import type { Qmp } from '../../core/guests/machine.ts';
import { CD_DRIVE } from '../../core/guests/drives.ts';

/** Puts a medium into the CD drive of a running machine, or takes it out, even when the guest has locked the tray. Throws QMP_FAILED. */
export async function changeMedium(qmp: Qmp, path: string | null): Promise<void> {
  await qmp.execute('eject', { id: CD_DRIVE, force: true });
  if (path !== null) await qmp.execute('blockdev-change-medium', { id: CD_DRIVE, filename: path, format: 'raw', 'read-only-mode': 'read-only' });
}
