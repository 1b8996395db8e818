import type { LabClient } from '../../../electron/contract/contract.ts';
import { saveFile } from '../../components/saveFile.ts';

export type ReportFormat = Parameters<LabClient['reports']['render']>[0]['format'];

/** Has the lab render a report and hands the file to the browser's downloads; `evidence` puts the bytes behind its numbers into the JSON. Resolves with the file's name. */
export async function exportReport(client: LabClient, run: string, format: ReportFormat, evidence = false): Promise<string> {
  return saveFile(await client.reports.render({ run, format, evidence }));
}
