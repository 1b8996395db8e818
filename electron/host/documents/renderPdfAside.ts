import { Worker } from 'node:worker_threads';
import type { AnyReport } from './renderJson.ts';

export interface PdfRequest {
  readonly report: AnyReport;
  readonly fontsDirectory: string;
}

/**
 * A report as PDF, set in a thread: a second of typesetting must not hold up the consoles that the lab drains, and the
 * library's memory goes when the thread ends. Rejects with what the thread threw.
 */
export function renderPdfAside(request: PdfRequest): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./pdfWorker.ts', import.meta.url), { workerData: request });
    worker.once('message', (bytes: Uint8Array) => resolve(Buffer.from(bytes)));
    worker.once('error', reject);
    // After a message or an error this changes nothing: a promise is settled once.
    worker.once('exit', (code) => reject(new Error(`the PDF thread ended with code ${code} before the document was set`)));
  });
}
