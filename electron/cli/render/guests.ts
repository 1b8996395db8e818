import type { Guest, GuestRuntime } from '../../contract/guests.ts';
import type { Task } from '../../contract/tasks.ts';
import { renderTable } from './table.ts';

const machineOf = (runtime: GuestRuntime) => ('machine' in runtime ? runtime.machine : null);

export function renderGuests(guests: readonly Guest[]): string {
  const rows = guests.map(({ definition, runtime }) => {
    const machine = machineOf(runtime);
    return [definition.id, definition.name, definition.architecture, runtime.state, machine?.accelerator ?? '', machine === null ? '' : String(machine.pid), machine?.startedAt ?? ''];
  });
  return renderTable([{ title: 'guest' }, { title: 'name' }, { title: 'architecture' }, { title: 'state' }, { title: 'accelerator' }, { title: 'pid', align: 'right' }, { title: 'since' }], rows);
}

export function renderTasks(tasks: readonly Task[]): string {
  const rows = tasks.map(({ title, state, phase, done, planned, unit }) => [title, state, phase, `${done}${planned === null ? '' : ` of ${planned}`} ${unit}`]);
  return renderTable([{ title: 'task' }, { title: 'state' }, { title: 'phase' }, { title: 'done', align: 'right' }], rows);
}
