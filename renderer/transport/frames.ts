import { decodeFrame, type ConsoleFrame } from '../../electron/contract/consoleFrame.ts';
import { acknowledgement } from '../../electron/contract/consoles.ts';

/** A binary message of the raw console channel, or null for anything that is not a whole frame. */
export function frameOf(data: unknown): ConsoleFrame | null {
  if (data instanceof Uint8Array) return decodeFrame(data);
  return data instanceof ArrayBuffer ? decodeFrame(new Uint8Array(data)) : null;
}

export function encodeAcknowledgement(offset: number): string {
  return JSON.stringify(acknowledgement.parse({ acknowledged: offset }));
}
