import type { LabClient } from '../../../electron/contract/contract.ts';
import type { TimeMark } from '../../../electron/contract/consoles.ts';

/** Base64 of the contract as bytes. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

export interface ConsoleWindow {
  readonly from: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly marks: readonly TimeMark[];
}

/** A window of a console's log. */
export async function readConsole(client: LabClient, id: string, from: number, bytes: number): Promise<ConsoleWindow> {
  const window = await client.consoles.read({ id, from, bytes });
  return { from: window.from, bytes: bytesOf(window.base64), marks: window.marks };
}
