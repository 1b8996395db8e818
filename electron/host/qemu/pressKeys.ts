import { setTimeout as wait } from 'node:timers/promises';
import type { Qmp } from '../../core/guests/machine.ts';

/**
 * How long a chord is held, and as long again until the next. QEMU does not tell when a guest has read a key, and a PS/2
 * keyboard forgets what comes faster than its 16 bytes are read: this is a fast typist's pace.
 */
const HOLD_MS = 20;

/** Presses chords one after the other, by QEMU's names of keys (QKeyCode). Throws QMP_FAILED for a name that there is not. */
export async function pressKeys(qmp: Qmp, chords: readonly (readonly string[])[], signal?: AbortSignal): Promise<void> {
  for (const chord of chords) {
    await qmp.execute('send-key', { keys: chord.map((data) => ({ type: 'qcode', data })), 'hold-time': HOLD_MS });
    await wait(2 * HOLD_MS, undefined, signal === undefined ? {} : { signal });
  }
}
