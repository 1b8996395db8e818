import type { Architecture } from '../../contract/primitives.ts';
import { linuxRecipes } from '../../host/linux/recipes.ts';
import { createCommandLog } from '../../host/process/commandLog.ts';
import { findQemu } from '../../host/qemu/findQemu.ts';
import { createAccelerators } from '../accelerators/accelerators.ts';
import { createActivity } from '../activity.ts';
import { createCatalog } from '../catalog/catalog.ts';
import { createHosts } from '../hosts/hosts.ts';
import { createProbes } from '../hosts/probes.ts';
import { createSettings } from '../settings/settings.ts';
import { createTasks } from '../tasks/tasks.ts';
import type { Site } from './site.ts';

/** What everything else needs: settings, tasks, and what this machine can do. */
export function createGround({ options, data, log, open }: Site) {
  const { resourcesDirectory, imagesDirectory, runDirectory, qemuSearchPath } = options;
  const { database } = data;
  const activity = createActivity();
  const commands = createCommandLog();

  const settings = open(createSettings({ database }));

  const tasks = open(createTasks({ log, activity }));

  const search = qemuSearchPath === undefined ? {} : { qemuSearchPath };
  const accelerators = open(createAccelerators({ database, settings, tasks, imagesDirectory, runDirectory, ...search }));

  const qemuFor = (architecture: Architecture) => findQemu(architecture, settings.get().qemuPrograms, qemuSearchPath);
  const tryAccelerators = (again: boolean) => (again ? accelerators.test() : accelerators.list());
  const hosts = open(createHosts({ probes: createProbes({ dataDirectory: data.path, findQemu: qemuFor, tryAccelerators }), log }));

  // Guests stand to the right of the catalog: who uses an image is asked when they are there.
  const images: { usersOf: (digest: string) => string[] } = { usersOf: () => [] };
  const catalog = open(createCatalog({
    database,
    resourcesDirectory,
    imagesDirectory,
    entriesDirectory: data.file('catalog'),
    libraryDirectory: data.file('images'),
    downloadsDirectory: data.file('downloads'),
    tasks,
    recipes: linuxRecipes(resourcesDirectory),
    usersOf: (digest) => images.usersOf(digest),
    log,
  }));
  return { activity, commands, settings, tasks, accelerators, hosts, catalog, images, qemuFor };
}

export type Ground = ReturnType<typeof createGround>;
