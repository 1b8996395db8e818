import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDefinition } from '../../contract/guests.ts';
import type { GuestPorts } from './ports.ts';

/**
 * A better word for what QEMU refused, where there is one: a board that it does not have, and a port that somebody took
 * between the look at it and QEMU's own. Throws that, or the refusal itself.
 */
export async function explainRefusal(error: unknown, definition: GuestDefinition, ports: Pick<GuestPorts, 'refuseTaken'>): Promise<never> {
  if (!(error instanceof DeclaredError) || error.failure.code !== 'QEMU_REFUSED') throw error;
  const { command, stderrTail } = error.failure.details;
  if (/unsupported machine type/.test(stderrTail)) {
    const why = stderrTail.split('\n').find((line) => line.includes('unsupported machine type')) ?? stderrTail;
    throw new DeclaredError('BOARD_MISSING', { board: definition.machine.board, program: command, why }, { cause: error });
  }
  if (/Could not set up host forwarding rule/.test(stderrTail)) await ports.refuseTaken(definition);
  throw error;
}
