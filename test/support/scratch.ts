import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory for one test, removed when it ends. Its name is short because sockets live in it. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'petri-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
