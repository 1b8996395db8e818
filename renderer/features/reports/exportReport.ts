import type { LabClient } from '../../../electron/contract/contract.ts';

export type ReportFormat = Parameters<LabClient['reports']['render']>[0]['format'];

/** Has the lab render a report and hands the file to the browser's downloads. Resolves with the file's name. */
export async function exportReport(client: LabClient, run: string, format: ReportFormat): Promise<string> {
  const rendered = await client.reports.render({ run, format });
  const bytes = Uint8Array.from(atob(rendered.base64), (character) => character.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: rendered.mediaType }));
  const link = document.createElement('a');
  link.href = address;
  link.download = rendered.fileName;
  link.click();
  // The download has its own reference to the bytes once it was started.
  setTimeout(() => URL.revokeObjectURL(address));
  return rendered.fileName;
}
