import type { Forecast, Guest, GuestRuntime, HealthCheck, LifeEvent } from '../../contract/guests.ts';
import type { Task } from '../../contract/tasks.ts';
import { imageName } from '../../contract/catalog.ts';
import { formatBytes } from '../run/bytes.ts';
import { printable } from '../run/failures.ts';
import { localTime } from './times.ts';
import { renderTable } from './table.ts';

const machineOf = (runtime: GuestRuntime) => ('machine' in runtime ? runtime.machine : null);

/** `2222→22 8080→80`; a port that is chosen at the next start is `auto`. */
function portsOf({ definition: { network, tcpConsoles } }: Guest): string {
  const forwards = network.kind === 'none' ? [] : network.forwards.map(({ hostPort, guestPort, protocol }) => `${hostPort ?? 'auto'}→${guestPort}${protocol === 'udp' ? '/udp' : ''}`);
  return [...forwards, ...tcpConsoles.map(({ console, port }) => `${port}→${console}`)].join(' ');
}

function restartsOf({ definition: { restart }, restarts: { count, nextAt } }: Guest): string {
  if (restart.when === 'no' && count === 0) return '';
  return `${count}${nextAt === null ? '' : `, next ${localTime(nextAt)}`}`;
}

export function renderGuests(guests: readonly Guest[]): string {
  const rows = guests.map((guest) => {
    const { definition, runtime, health } = guest;
    const machine = machineOf(runtime);
    const [accelerator, pid, since] = machine === null ? ['', '', ''] : [machine.accelerator, String(machine.pid), localTime(machine.startedAt)];
    return [definition.id, definition.name, definition.architecture, runtime.state, health.state === 'none' ? '' : health.state, portsOf(guest), restartsOf(guest), accelerator, pid, since];
  });
  const titles = ['guest', 'name', 'architecture', 'state', 'health', 'ports', 'restarts', 'accelerator'].map((title) => ({ title }));
  return renderTable([...titles, { title: 'pid', align: 'right' }, { title: 'since' }], rows);
}

function disksOf({ definition: { disks, medium } }: Guest): [string, string][] {
  return [...disks.map(({ disk, bus, readOnly }): [string, string] => ['disk', `${disk} by ${bus}${readOnly ? ', read-only' : ''}`]), ...(medium === null ? [] : [['medium', imageName(medium)] as [string, string]])];
}

function checkWords(check: HealthCheck): string {
  const what = check.kind === 'serial' ? `it printed ${JSON.stringify(check.pattern)}` : check.kind === 'port' ? `the forward ${check.forward} answers` : 'QEMU answers';
  return `${what}, every ${check.intervalSeconds} s, within ${check.timeoutSeconds} s; unhealthy after ${check.retries} failed in a row`;
}

function rowsOf(guest: Guest): [string, string][] {
  const { definition, runtime, health } = guest;
  const { machine, network, share, limits, restart, place } = definition;
  const some = [limits.cpuPercent === null ? '' : `${limits.cpuPercent} % of a core`, limits.memoryMiB === null ? '' : `${limits.memoryMiB} MiB`, limits.reservedMemoryMiB === null ? '' : `${limits.reservedMemoryMiB} MiB reserved`].filter((part) => part !== '');
  return [
    ['guest', definition.id],
    ['state', runtime.state],
    ['machine', `${definition.architecture}, ${machine.board}, ${machine.cpus} CPU (${machine.cpuModel}), ${machine.memoryMiB} MiB`],
    ...disksOf(guest),
    ['runs in', place.kind === 'qemu' ? 'QEMU on this machine' : `Docker: ${place.engine}${place.network === undefined ? '' : `, network ${place.network}`}`],
    ['display', definition.display],
    ['network', network.kind === 'none' ? 'none' : `${network.card}, ${network.outbound}`],
    ['ports', portsOf(guest) || 'none'],
    ...(share === null ? [] : [['share', `${share.path} as ${share.tag}${share.readOnly ? ', read-only' : ''}`] as [string, string]]),
    ['restart', `${restart.when}${restart.attempts === null ? '' : `, at most ${restart.attempts} in a row`}${definition.autostart ? '; starts with the lab' : ''}`],
    ...(definition.health === null ? [] : [['check', checkWords(definition.health)] as [string, string]]),
    ...(health.state === 'none' ? [] : [['health', `${health.state}: ${health.says}`] as [string, string]]),
    ...(some.length === 0 ? [] : [['limits', some.join(', ')] as [string, string]]),
    ...(definition.group === null ? [] : [['group', definition.group] as [string, string]]),
  ];
}

/** All that is known of one guest. */
export function renderGuest(guest: Guest, advice: readonly string[]): string {
  const rows = rowsOf(guest);
  const width = Math.max(...rows.map(([title]) => title.length));
  return [guest.definition.name, ...rows.map(([title, value]) => `  ${title.padEnd(width)}  ${value}`), ...advice.map((line) => `  note: ${line}`)].join('\n');
}

export function renderLife(events: readonly LifeEvent[]): string {
  return renderTable([{ title: 'when' }, { title: 'what' }, { title: 'detail' }], events.map(({ at, what, detail }) => [localTime(at), what, printable(detail)]));
}

export function renderForecast(forecasts: readonly Forecast[]): string {
  const rows = forecasts.map(({ instances, memoryMiB, cpus, diskBytes, verdict, why }) => [String(instances), `${memoryMiB} MiB`, String(cpus), formatBytes(diskBytes), verdict, why]);
  return renderTable([{ title: 'copies', align: 'right' }, { title: 'memory', align: 'right' }, { title: 'CPUs', align: 'right' }, { title: 'disk', align: 'right' }, { title: 'verdict' }, { title: 'why' }], rows);
}

export function renderTasks(tasks: readonly Task[]): string {
  const rows = tasks.map(({ title, state, phase, done, planned, unit }) => [title, state, phase, `${done}${planned === null ? '' : ` of ${planned}`} ${unit}`]);
  return renderTable([{ title: 'task' }, { title: 'state' }, { title: 'phase' }, { title: 'done', align: 'right' }], rows);
}
