import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Calibration, CalibrationRow } from '../../../electron/contract/calibrations.ts';
import type { LabClient } from '../../../electron/contract/contract.ts';
import { BUILTIN } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';

export interface FollowedCalibration {
  readonly calibration: Calibration;
  /** As they came while it ran. */
  readonly rowsSeen: readonly CalibrationRow[];
}

/** Calibrates and waits for the end. */
export async function runCalibration(client: LabClient, input: Parameters<LabClient['calibrations']['start']>[0]): Promise<FollowedCalibration> {
  const { id } = await client.calibrations.start(input);
  const rowsSeen: CalibrationRow[] = [];
  for await (const event of await client.calibrations.watch({ id })) {
    if (event.type === 'snapshot') rowsSeen.push(...event.calibration.rows);
    if (event.type === 'row') rowsSeen.push(event.row);
  }
  return { calibration: await client.calibrations.get({ id }), rowsSeen };
}

/** The only row of that name. */
export function onlyRow({ rows }: Calibration, what: string): CalibrationRow {
  const [row, ...others] = rows.filter((candidate) => candidate.what === what);
  if (row === undefined || others.length > 0) throw new Error(`expected one row ${what} among ${rows.map((candidate) => candidate.what).join(', ')}`);
  return row;
}

/** A folder like `images/` whose built-in guest is built with this define, and whose digests say that it is the one. */
export function imagesWithMutant(architecture: 'i386' | 'arm', define: string): string {
  const images = scratch();
  cpSync(join(BUILTIN, 'built'), join(images, 'builtin/built'), { recursive: true });
  execFileSync(join(BUILTIN, 'build.sh'), [join(images, 'builtin/built'), `-D${define}`], { env: { ...process.env, PETRI_ARCHITECTURES: architecture } });
  const names = ['petri-i386.elf', 'petri-arm.elf', 'petri-installer.iso'];
  const sums = names.map((name) => `${createHash('sha256').update(readFileSync(join(images, 'builtin/built', name))).digest('hex')}  ${name}\n`);
  writeFileSync(join(images, 'builtin/built/SHA256SUMS'), sums.join(''));
  return images;
}
