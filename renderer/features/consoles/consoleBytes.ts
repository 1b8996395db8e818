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

const EXPORT_WINDOW_BYTES = 1_048_576;

/** Everything that is kept of a console, as it came from the guest. */
export async function exportConsole(client: LabClient, id: string): Promise<Blob> {
  const { first, end } = await client.consoles.get({ id });
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let from = first; from < end; ) {
    const window = await readConsole(client, id, from, Math.min(EXPORT_WINDOW_BYTES, end - from));
    if (window.bytes.length === 0) break;
    parts.push(window.bytes);
    from = window.from + window.bytes.length;
  }
  return new Blob(parts, { type: 'application/octet-stream' });
}

/** Saves a blob as a file of the person. */
export function saveFile(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has its own hold on the blob once the click was handled.
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}
