import type { LabClient } from '../../../electron/contract/contract.ts';
import { bytesOf } from './consoleBytes.ts';

export type ExportFormat = 'bytes' | 'text' | 'asciicast';

/** The forms in which a log can be saved, as a menu names them. */
export const exportFormats: Readonly<Record<ExportFormat, { readonly label: string; readonly ending: string; readonly media: string }>> = {
  text: { label: 'Text without control sequences', ending: 'txt', media: 'text/plain' },
  bytes: { label: 'Bytes as they came', ending: 'log', media: 'application/octet-stream' },
  asciicast: { label: 'Recording with its times (asciicast)', ending: 'cast', media: 'application/x-asciicast' },
};

/** Everything that is kept of a console, up to where it ends now: a guest that floods would never come to an end. */
export async function exportConsole(client: LabClient, id: string, format: ExportFormat): Promise<Blob> {
  const { end } = await client.consoles.get({ id });
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let from: number | null = 0; from !== null && from < Math.max(1, end); ) {
    const part: { base64: string; next: number | null } = await client.consoles.export({ id, format, from });
    parts.push(bytesOf(part.base64));
    from = part.next;
  }
  return new Blob(parts, { type: exportFormats[format].media });
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
