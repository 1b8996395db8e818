import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import type { Qmp } from '../../core/guests/machine.ts';

const ANSWER_LIMIT_MS = 5_000;
/** No event of QEMU tells that a port got its client. */
const LOOK_EVERY_MS = 20;

const answer = z.array(z.object({ label: z.string(), filename: z.string() }));

/**
 * Waits until somebody is at the other end of each serial port. Through an engine's pipes a connection is there at once on this side and
 * only later at QEMU, which throws away what a guest prints meanwhile. Throws QMP_FAILED when nobody comes in time.
 */
export async function awaitSerialClients(qmp: Qmp, limitMs: number): Promise<void> {
  const until = Date.now() + limitMs;
  for (;;) {
    const waiting = answer.parse(await qmp.execute('query-chardev', undefined, ANSWER_LIMIT_MS)).filter(({ label, filename }) => label.startsWith('serial') && filename.startsWith('disconnected:'));
    if (waiting.length === 0) return;
    if (Date.now() > until) throw new DeclaredError('QMP_FAILED', { command: 'cont', reason: `nobody is connected to ${waiting.map(({ label }) => label).join(', ')}`, timeoutMs: null });
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
