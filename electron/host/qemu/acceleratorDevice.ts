import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import type { AcceleratorName } from '../../contract/accelerators.ts';
import type { AcceleratorDevice } from '../../core/accelerators/judgeProbe.ts';

/** Accelerators that are reached through a device file; the others are asked by QEMU itself. */
const devices: Partial<Record<AcceleratorName, string>> = { kvm: '/dev/kvm', nvmm: '/dev/nvmm' };

async function nameOf(file: string, id: number): Promise<string> {
  const entries = (await readFile(file, 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  return entries.find((fields) => fields[2] === String(id))?.[0] ?? String(id);
}

/** `usable` says only that it may be opened, never that it works. */
export type DeviceState = { readonly kind: 'none' | 'usable' } | { readonly kind: 'missing'; readonly path: string } | { readonly kind: 'denied'; readonly device: AcceleratorDevice };

/** Looks at an accelerator's device file as this user. */
export async function inspectAcceleratorDevice(accelerator: AcceleratorName, path = devices[accelerator]): Promise<DeviceState> {
  if (path === undefined) return { kind: 'none' };
  const status = await stat(path).catch(() => null);
  if (status === null) return { kind: 'missing', path };
  try {
    await access(path, constants.R_OK | constants.W_OK);
    return { kind: 'usable' };
  } catch {
    const device = { path, mode: status.mode & 0o777, owner: await nameOf('/etc/passwd', status.uid), group: await nameOf('/etc/group', status.gid) };
    return { kind: 'denied', device };
  }
}
