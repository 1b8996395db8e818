import { openDataDirectory } from '../host/storage/dataDirectory.ts';
import { purgeTrash } from '../host/storage/trash.ts';
import { createActivity } from './activity.ts';
import { createCatalog } from './catalog/catalog.ts';
import { catalogProcedures } from './catalog/procedures.ts';
import { createConsoles } from './consoles/consoles.ts';
import { consolesProcedures } from './consoles/procedures.ts';
import { declareFailures, os } from './implementer.ts';
import type { Log } from './log.ts';
import { settingsProcedures } from './settings/procedures.ts';
import { createSettings } from './settings/settings.ts';
import { systemProcedures } from './system/procedures.ts';
import { createSystem } from './system/system.ts';
import { tasksProcedures } from './tasks/procedures.ts';
import { createTasks } from './tasks/tasks.ts';

export interface LabOptions {
  readonly dataDirectory: string;
  /** A short directory of mode 0700 for sockets. */
  readonly runDirectory: string;
  readonly resourcesDirectory: string;
  readonly imagesDirectory: string;
  /** Identifies the bundle; `development` when run from sources. */
  readonly build: string;
  readonly version: string;
  readonly log: Log;
  /** Searched for QEMU instead of PATH. */
  readonly qemuSearchPath?: string;
}

export type Lab = Awaited<ReturnType<typeof createLab>>;

/** The only composition root: opens the data, makes each noun's service, and gives them to each other. */
export async function createLab(options: LabOptions) {
  const { resourcesDirectory, imagesDirectory, build, log } = options;
  const data = openDataDirectory(options.dataDirectory);
  const { database, blobs } = data;
  purgeTrash(data, new Date());

  const activity = createActivity();
  const settings = createSettings({ database });
  const tasks = createTasks({ log, activity });
  const catalog = createCatalog({ resourcesDirectory, imagesDirectory, log });
  const consoles = createConsoles({
    directory: data.file('consoles'),
    retentionBytes: () => settings.get().consoleRetentionBytes,
    blobPath: (digest) => blobs.path(digest),
    log,
  });
  const adopted: string[] = [];
  const system = createSystem({ build, dataDirectory: data.path, adopted, log, endGuests: async () => {} });

  const procedures = {
    system: systemProcedures(system),
    settings: settingsProcedures(settings),
    tasks: tasksProcedures(tasks),
    catalog: catalogProcedures(catalog),
    consoles: consolesProcedures(consoles),
  };
  return {
    router: os.use(declareFailures(log)).router(procedures as unknown as Parameters<typeof os.router>[0]),
    activity,
    adopted,
    consoles,
    system,
    async dispose() {
      await tasks.dispose();
      await consoles.dispose();
      settings.dispose();
      data.dispose();
    },
  };
}
