import { createDiagnostics } from '../diagnostics/diagnostics.ts';
import { createSystem } from '../system/system.ts';
import type { Ground } from './ground.ts';
import type { MachineRoom } from './machines.ts';
import type { Site } from './site.ts';

/** What speaks of the lab itself. */
export function createOffice({ options, data, recentLog, log }: Site, { settings, tasks, hosts, commands }: Ground, { guests }: MachineRoom) {
  const { version, build } = options;
  const dataDirectory = data.path;
  const diagnostics = createDiagnostics({
    commands,
    recentLog,
    facts: () => ({
      version,
      build,
      dataDirectory,
      host: hosts.fingerprint(),
      capabilities: hosts.capabilities(),
      settings: settings.chosen(),
      tasks: tasks.list(),
    }),
  });
  const adopted: string[] = [];
  const system = createSystem({ build, dataDirectory, adopted, log, endGuests: (how) => guests.endAll(how) });
  return { diagnostics, adopted, system };
}
