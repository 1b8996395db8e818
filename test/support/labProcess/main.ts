import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createRouterClient } from '@orpc/server';
import type { LabClient } from '../../../electron/contract/contract.ts';
import { createLab } from '../../../electron/lab/createLab.ts';
import { procedureAt } from '../labProcess.ts';

const [dataDirectory = '', runDirectory = ''] = process.argv.slice(2);
const root = join(import.meta.dirname, '../../..');
const lab = await createLab({
  dataDirectory,
  runDirectory,
  resourcesDirectory: join(root, 'resources'),
  imagesDirectory: join(root, 'images'),
  build: 'test',
  version: '0.0.0',
  log: () => undefined,
  probeHost: false,
  ...(process.env['PETRI_QEMU_PATH'] !== undefined && { qemuSearchPath: process.env['PETRI_QEMU_PATH'] }),
});
const client: LabClient = createRouterClient(lab.router);
const say = (message: unknown): boolean => process.stdout.write(`${JSON.stringify(message)}\n`);

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, path, input } = JSON.parse(line) as { id: number; path: string; input: unknown };
  procedureAt(client, path)(input).then(
    (value) => say({ id, value: value ?? null }),
    (error: unknown) => say({ id, error: String(error) }),
  );
});
// Node writes it when it ends, and this process is killed.
flushCompileCache();
say({ ready: true });
