// Runs in a thread of its own: sets one report, posts the bytes and ends, and with it all that the PDF library holds.
import { parentPort, workerData } from 'node:worker_threads';
import { loadFonts } from './fonts.ts';
import { renderPdf } from './renderPdf.ts';
import type { PdfRequest } from './renderPdfAside.ts';

const { report, fontsDirectory } = workerData as PdfRequest;
parentPort?.postMessage(await renderPdf(report, loadFonts(fontsDirectory)));
