import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';
import type { Qmp } from '../../core/guests/machine.ts';
import { encodePng, parsePpm } from './png.ts';

/** The screen now, as PNG. QEMU before 7.1 writes PPM only, so that is asked for. Throws QMP_FAILED. */
export async function takeScreenshot(qmp: Qmp, directory: string): Promise<Buffer> {
  const path = join(directory, `screen-${randomBytes(4).toString('hex')}.ppm`);
  try {
    await qmp.execute('screendump', { filename: path });
    const picture = parsePpm(await readFile(path));
    if (picture === null) throw new DeclaredError('QMP_FAILED', { command: 'screendump', reason: 'what QEMU wrote is no picture', timeoutMs: null });
    return encodePng(picture);
  } finally {
    await rm(path, { force: true });
  }
}
