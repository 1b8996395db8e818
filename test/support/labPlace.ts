import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import type { LabClient } from '../../electron/contract/contract.ts';
import { createLab, type Lab, type LabOptions } from '../../electron/lab/createLab.ts';
import type { LogRecord } from '../../electron/lab/log.ts';
import { watchForLeaks, type LeakWatch } from './leaks.ts';

const root = join(import.meta.dirname, '../..');

export interface DoorlessLab {
  readonly lab: Lab;
  readonly client: LabClient;
  readonly records: LogRecord[];
}

/** Directories for the labs that one test opens one after the other. */
export interface LabPlace {
  readonly path: string;
  readonly dataDirectory: string;
  readonly runDirectory: string;
  /** Sees what is in the run directory, and which processes and sockets belong to it. */
  readonly leaks: LeakWatch;
  /** A whole lab in this process, called through its contract without a door. */
  open(options?: Partial<LabOptions>): Promise<DoorlessLab>;
  /** Ends what is open with its guests, sees that nothing is left, and removes the directories. */
  close(): Promise<void>;
}

export function makeLabPlace(): LabPlace {
  const path = mkdtempSync(join(tmpdir(), 'petri-'));
  const [dataDirectory, runDirectory] = [join(path, 'data'), join(path, 'run')];
  const leaks = watchForLeaks([runDirectory]);
  const labs: DoorlessLab[] = [];
  const shipped = { resourcesDirectory: join(root, 'resources'), imagesDirectory: join(root, 'images') };

  return {
    path,
    dataDirectory,
    runDirectory,
    leaks,
    async open(options = {}) {
      const records: LogRecord[] = [];
      const log = (record: LogRecord): void => void records.push(record);
      const lab = await createLab({ dataDirectory, runDirectory, ...shipped, build: 'test', version: '0.0.0', log, probeHost: false, ...options });
      const opened = { lab, client: createRouterClient(lab.router), records };
      labs.push(opened);
      return opened;
    },
    async close() {
      // A lab that the test itself has closed refuses, and needs nothing.
      for (const { lab, client } of labs) {
        await client.system.shutdown({ guests: 'kill' }).catch(() => undefined);
        await lab.dispose();
      }
      try {
        leaks.check();
      } finally {
        rmSync(path, { recursive: true, force: true });
      }
    },
  };
}
