import type { Guest, GuestDefinition } from '../../contract/guests.ts';
import type { RunningTask, TasksService } from '../tasks/tasks.ts';
import type { Definitions } from './definitions.ts';

export interface CloneDependencies {
  readonly tasks: Pick<TasksService, 'run'>;
  /** Clones a disk inside the caller's task and answers the clone's id. */
  readonly cloneDisk: (disk: string, name: string, kind: 'linked' | 'full', task: RunningTask) => Promise<string>;
  readonly removeDisk: (disk: string) => void;
  readonly diskName: (disk: string) => string;
}

/** Copies a guest with its disks as a task; when a disk cannot be copied, the copies made before are removed again. */
export function createCloning({ tasks, cloneDisk, removeDisk, diskName }: CloneDependencies, definitions: Pick<Definitions, 'copy' | 'newId' | 'refuseTaken'>, created: (definition: GuestDefinition) => Guest) {
  const cloneDisks = async (source: GuestDefinition, name: string, kind: 'linked' | 'full', task: RunningTask): Promise<GuestDefinition['disks']> => {
    const clones: GuestDefinition['disks'] = [];
    try {
      for (const disk of source.disks) clones.push({ ...disk, disk: await cloneDisk(disk.disk, `${diskName(disk.disk)} of ${name}`.slice(0, 80), kind, task) });
      return clones;
    } catch (error) {
      for (const { disk } of clones) removeDisk(disk);
      throw error;
    }
  };
  return (source: GuestDefinition, name: string, kind: 'linked' | 'full'): { task: string; guest: string } => {
    definitions.refuseTaken(name);
    const id = definitions.newId(name);
    const { id: task, result } = tasks.run({ title: `Clone ${source.name}`, route: '/guests', unit: 'bytes', planned: null }, async (running) => {
      const disks = await cloneDisks(source, name, kind, running);
      created(definitions.copy(source, { id, name, disks }));
    });
    // The list of tasks tells of a failure.
    result.catch(() => undefined);
    return { task, guest: id };
  };
}
