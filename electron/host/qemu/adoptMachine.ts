import { z } from 'zod';
import { machineRecord } from '../../contract/guests.ts';
import { identifier } from '../../contract/primitives.ts';
import type { Machine, Qmp } from '../../core/guests/machine.ts';
import { foreignEnd, killForeign } from '../process/foreignProcess.ts';
import { isAlive } from '../process/processIdentity.ts';
import { controlMachine, type MachineProcess } from './controlMachine.ts';
import { connectSocket, openQmp } from './qmp.ts';

/** A living QEMU answers at once; one that hangs is not worth more of the new lab's start. */
const ANSWER_LIMIT_MS = 3_000;

/** All that a later lab needs to find a machine again. */
export const keptMachine = z.object({
  record: machineRecord,
  uuid: z.string(),
  /** As `processStartTime` gave it: a pid alone may belong to another process by now. */
  startTime: z.string(),
  directory: z.string(),
  qmpSocket: z.string(),
  serialSockets: z.array(z.string()),
  serialLogs: z.array(z.string()),
  /** Labs of before guests had screens and disks kept neither. */
  vncSocket: z.string().nullable().default(null),
  monitorSocket: z.string().nullable().default(null),
  /** Control groups that hold its limits. */
  groups: z.array(z.string()).default([]),
  /** The disks that it was lent. */
  disks: z.array(z.object({ id: identifier, readOnly: z.boolean() })).default([]),
});
export type KeptMachine = z.infer<typeof keptMachine>;

function adoptedProcess({ record: { pid }, startTime }: KeptMachine, qmp: Qmp): MachineProcess {
  const released = new AbortController();
  // QEMU closes its monitor when it ends: that is the event, and its process follows within moments.
  const gone = qmp.closed.then(() => foreignEnd(pid, startTime, released.signal)).then(() => ({ exitCode: null, signal: null }));
  return { gone, kill: () => killForeign(pid, startTime), release: () => released.abort() };
}

const uuidAnswer = z.object({ UUID: z.string() });

/**
 * Takes over a machine that an earlier lab started: the same process, and a monitor that gives the same UUID.
 * Answers null when it is gone; if the process is there but does not answer as our machine, it is killed first.
 */
export async function adoptMachine(kept: KeptMachine): Promise<Machine | null> {
  const { record, uuid, startTime, directory, serialSockets, vncSocket } = kept;
  if (!isAlive(record.pid, startTime)) return null;
  let qmp: Qmp | undefined;
  try {
    qmp = await openQmp(await connectSocket(kept.qmpSocket), ANSWER_LIMIT_MS);
    const { UUID } = uuidAnswer.parse(await qmp.execute('query-uuid', undefined, ANSWER_LIMIT_MS));
    if (UUID === uuid) return controlMachine({ record, uuid, spawnedAt: null, qmp, serialSockets, vncSocket, directory, process: adoptedProcess(kept, qmp) });
  } catch {
    // It does not answer: told below, as the loss of the machine.
  }
  qmp?.close();
  killForeign(record.pid, startTime);
  await foreignEnd(record.pid, startTime);
  return null;
}
