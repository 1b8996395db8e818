import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Qmp } from '../../core/guests/machine.ts';
import { vgaText } from '../../core/installations/vgaScreen.ts';

/** The memory of a PC's text screen as it is now, through a file in the machine's own directory. Throws QMP_FAILED. */
export async function readVgaText(qmp: Qmp, directory: string): Promise<Uint8Array> {
  const path = join(directory, `text-${randomBytes(4).toString('hex')}`);
  try {
    await qmp.execute('pmemsave', { val: vgaText.address, size: vgaText.bytes, filename: path });
    return await readFile(path);
  } finally {
    await rm(path, { force: true });
  }
}
