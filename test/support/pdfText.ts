import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a program of poppler-utils on a PDF. */
export function withPdf<Result>(pdf: Buffer, use: (path: string, directory: string) => Result): Result {
  const directory = mkdtempSync(join(tmpdir(), 'petri-pdf-'));
  try {
    const path = join(directory, 'report.pdf');
    writeFileSync(path, pdf);
    return use(path, directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The text of each page. */
export function pdfPages(pdf: Buffer): string[] {
  const text = withPdf(pdf, (path) => execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' }));
  return text.split('\f').slice(0, -1);
}

export const hasPoppler = ((): boolean => {
  try {
    execFileSync('pdftotext', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
