import type { ContractRouterClient } from '@orpc/contract';
import { accelerators } from './accelerators.ts';
import { calibrations } from './calibrations.ts';
import { campaigns } from './campaigns.ts';
import { catalog } from './catalog.ts';
import { consoles } from './consoles.ts';
import { containers } from './containers.ts';
import { diagnostics } from './diagnostics.ts';
import { disks } from './disks.ts';
import { guests } from './guests.ts';
import { history } from './history.ts';
import { hosts } from './hosts.ts';
import { installations } from './installations.ts';
import { instruments } from './instruments.ts';
import { measurements } from './measurements.ts';
import { programs } from './programs.ts';
import { published } from './published.ts';
import { reports } from './reports.ts';
import { settingsContract } from './settings.ts';
import { snapshots } from './snapshots.ts';
import { system } from './system.ts';
import { tasks } from './tasks.ts';

/** The language between shells and the lab: all that a shell can ask for. */
export const contract = {
  system,
  settings: settingsContract,
  hosts,
  tasks,
  published,
  accelerators,
  catalog,
  disks,
  guests,
  containers,
  consoles,
  snapshots,
  installations,
  instruments,
  calibrations,
  measurements,
  programs,
  campaigns,
  history,
  reports,
  diagnostics,
};

/** The lab as a shell sees it, over whatever transport. */
export type LabClient = ContractRouterClient<typeof contract>;
