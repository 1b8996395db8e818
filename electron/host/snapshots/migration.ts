import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import type { Qmp } from '../../core/guests/machine.ts';
import { receiveMemory, sendMemory, type SavedMemory } from './memoryStream.ts';

/** No limit: the guest stands still, so nothing competes for the line. QEMU's own limit is 2^63 - 1. */
const FULL_SPEED = 2 ** 50;

const migrationStatus = z.object({ status: z.string(), 'error-desc': z.string().optional() });
const migrationAnswer = z.object({ 'blocked-reasons': z.array(z.string()).default([]), status: z.string().default('none'), 'error-desc': z.string().default('') });

/** What `query-migrate` says: how the last one ended, and what stands in the way of the next. */
export async function readMigration(qmp: Qmp): Promise<{ status: string; blockers: string[]; error: string }> {
  const answer = migrationAnswer.parse(await qmp.execute('query-migrate'));
  return { status: answer.status, blockers: answer['blocked-reasons'], error: answer['error-desc'] };
}

/** Resolves when the migration that is about to begin is complete; rejects with QMP_FAILED when it fails or QEMU ends. */
function completion(qmp: Qmp, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => reject(new DeclaredError('QMP_FAILED', { command, reason, timeoutMs: null }));
    const stop = qmp.onEvent(({ name, data }) => {
      if (name !== 'MIGRATION') return;
      const { status, 'error-desc': words } = migrationStatus.parse(data);
      if (status === 'completed') end(resolve);
      if (status === 'failed') {
        // The event of some versions has no words; the query has them.
        readMigration(qmp).then(({ error }) => end(() => fail(words ?? (error === '' ? 'it failed' : error))), () => end(() => fail(words ?? 'it failed')));
      }
      if (status === 'cancelled') end(() => fail('it was cancelled'));
    });
    const end = (how: () => void): void => {
      stop();
      how();
    };
    void qmp.closed.then(() => end(() => fail('QEMU ended')));
  });
}

async function prepare(qmp: Qmp): Promise<void> {
  await qmp.execute('migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] });
  await qmp.execute('migrate-set-parameters', { 'max-bandwidth': FULL_SPEED });
}

/** Where a machine delivers and fetches its memory. */
export interface MemoryDoor {
  readonly socketPath: string;
  /** Lets the machine's QEMU have files: in a container it is another user. */
  readonly give: (paths: readonly string[]) => Promise<void>;
}

/**
 * Saves memory and devices of a machine that stands still to a file that must not exist. Afterwards QEMU has let go of
 * its disks until it is told to go on. Throws QMP_FAILED; the file is then unfinished.
 */
export async function saveMachine(qmp: Qmp, { socketPath, give }: MemoryDoor, file: string, signal: AbortSignal): Promise<SavedMemory> {
  signal.throwIfAborted();
  await prepare(qmp);
  // QEMU tells of the cancelling as it does of a failure.
  const cancel = (): void => void qmp.execute('migrate_cancel').catch(() => undefined);
  signal.addEventListener('abort', cancel, { once: true });
  const receiver = await receiveMemory(socketPath, file);
  try {
    await give([socketPath]);
    const done = completion(qmp, 'migrate');
    done.catch(() => undefined); // When the order itself is refused, that is what is thrown.
    await qmp.execute('migrate', { uri: `unix:${socketPath}` });
    await done;
    return await receiver.saved;
  } finally {
    signal.removeEventListener('abort', cancel);
    receiver.close();
    await rm(socketPath, { force: true });
  }
}

/** Brings memory and devices into a machine that waits for them. Throws QMP_FAILED, also when the file is not what was saved. */
export async function loadMachine(qmp: Qmp, { socketPath }: MemoryDoor, file: string, expected: string): Promise<void> {
  await prepare(qmp);
  const over = new AbortController();
  const done = completion(qmp, 'migrate-incoming');
  try {
    done.catch((error: unknown) => over.abort(error));
    const sending = sendMemory(file, socketPath, over.signal);
    sending.catch(() => undefined); // The order's own failure is the better one.
    await qmp.execute('migrate-incoming', { uri: `unix:${socketPath}` });
    // A failure of QEMU's cuts the sending off, so its own words come first.
    const [{ digest }] = await Promise.all([sending, done]);
    if (digest !== expected) throw new DeclaredError('QMP_FAILED', { command: 'migrate-incoming', reason: `the memory's file has the digest ${digest}, and ${expected} was saved`, timeoutMs: null });
  } finally {
    over.abort(new Error('over'));
    await rm(socketPath, { force: true });
  }
}
