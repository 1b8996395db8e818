import type { ConsoleState, GuestConsoles } from '../../contract/consoles.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDefinition } from '../../contract/guests.ts';
import { FIRST_SIZE, type BytePort, type TerminalPort } from '../../core/consoles/bytePort.ts';
import type { Completion } from '../../core/consoles/monitor/monitorCompletion.ts';
import type { Machine } from '../../core/guests/machine.ts';
import { createFeed, watch, type Feed } from '../feed.ts';
import type { ConsolesService } from './consoles.ts';
import type { Logins } from './logins.ts';
import { createMonitorKnowledge } from './monitorKnowledge.ts';
import { openMonitor, type MonitorAnswer, type MonitorPort } from './monitorLines.ts';
import type { Screens } from './screens.ts';

export interface SessionsDependencies {
  readonly consoles: ConsolesService;
  readonly screens: Pick<Screens, 'viewers'>;
  readonly logins: Logins;
  /** Throws NOT_FOUND. */
  readonly definition: (guest: string) => GuestDefinition;
  readonly machineOf: (guest: string) => Machine | undefined;
  /** A shell in the container of a machine; throws a declared error of its engine. */
  readonly openShell: (container: { readonly engine: string; readonly id: string }) => Promise<TerminalPort>;
}

export interface OpenSession {
  readonly guest: string;
  readonly kind: 'monitor' | 'ssh' | 'shell';
  readonly newHostKey: boolean;
}

/** What a guest does not have by itself: its monitor, logins and shells. See the contract for what each act refuses. */
export interface Sessions {
  open(session: OpenSession): Promise<ConsoleState>;
  close(id: string): Promise<void>;
  resize(id: string, columns: number, rows: number): void;
  command(guest: string, line: string): Promise<MonitorAnswer>;
  complete(guest: string, line: string): Promise<Completion>;
  watch(guest: string, signal?: AbortSignal): AsyncGenerator<GuestConsoles, void, undefined>;
  /** To be told of each console (or guest) of which something changed. */
  changed(id: string): void;
  /** After guests were adopted: their monitors that were open go on. */
  adopt(): void;
  dispose(): void;
}

/** What is said of a session that the lab's own end has ended. */
const LOST = {
  monitor: '[the lab was ended here]',
  ssh: '[the lab was ended here, and this login with it]',
  shell: '[the lab was ended here, and this shell with it]',
};
/** Ids have two digits: the oldest log of more logins than this makes room. */
const MOST_SESSIONS = 100;

export function createSessions({ consoles, screens, logins, definition, machineOf, openShell }: SessionsDependencies): Sessions {
  const monitors = new Map<string, { readonly machine: Machine; readonly port: MonitorPort }>();
  const terminals = new Map<string, TerminalPort>();
  const feeds = new Map<string, Feed<GuestConsoles>>();
  const knowledge = createMonitorKnowledge();

  const machine = (guest: string): Machine => {
    const { name } = definition(guest);
    const found = machineOf(guest);
    if (found === undefined) throw new DeclaredError('GUEST_BUSY', { guest: name, state: 'not running', wanted: 'be spoken to' });
    return found;
  };
  const monitor = (guest: string): MonitorPort => {
    const running = machine(guest);
    const open = monitors.get(guest);
    if (open?.machine === running) return open.port;
    const port = openMonitor(running);
    const opened = { machine: running, port };
    monitors.set(guest, opened);
    void consoles.attachSession(monitorId(guest), port, LOST.monitor).closed.then(() => {
      if (monitors.get(guest) === opened) monitors.delete(guest);
    });
    return port;
  };
  const freeId = (guest: string, kind: 'ssh' | 'shell'): string => {
    const beginning = `guest/${guest}/${kind}`;
    const taken = consoles.ids(beginning);
    const free = Array.from({ length: MOST_SESSIONS }, (_, index) => `${beginning}${index}`).find((id) => !taken.includes(id));
    if (free !== undefined) return free;
    const ended = taken.find((id) => !terminals.has(id));
    if (ended === undefined) throw new DeclaredError('SESSION_UNAVAILABLE', { guest, kind, reason: `${MOST_SESSIONS} are open.`, fix: 'Close one of them.' });
    consoles.remove(ended);
    return ended;
  };
  const keep = (guest: string, kind: 'ssh' | 'shell', port: TerminalPort): ConsoleState => {
    const id = freeId(guest, kind);
    terminals.set(id, port);
    void consoles.attachSession(id, port, LOST[kind], FIRST_SIZE).closed.then(() => terminals.delete(id));
    return consoles.get(id);
  };
  const openContainerShell = async (guest: string): Promise<TerminalPort> => {
    const { name } = definition(guest);
    const { container } = machine(guest).record;
    if (container !== null) return openShell(container);
    throw new DeclaredError('SESSION_UNAVAILABLE', { guest: name, kind: 'shell', reason: 'Its QEMU runs on this computer, not in a container.', fix: 'Choose Docker as the place where it runs, and start it again.' });
  };
  const state = (guest: string): GuestConsoles => {
    const ids = consoles.ids(`guest/${guest}/`);
    const counted: [string, number][] = [...ids.map((id): [string, number] => [id, consoles.viewers(id)]), ['screen', screens.viewers(guest)]];
    return { consoles: ids.map(consoles.get), viewers: Object.fromEntries(counted.filter(([, count]) => count > 0)) };
  };

  return {
    async open({ guest, kind, newHostKey }) {
      const asked = definition(guest);
      machine(guest);
      if (kind === 'ssh') return keep(guest, kind, await logins.open(asked, { newHostKey }));
      if (kind === 'shell') return keep(guest, kind, await openContainerShell(guest));
      monitor(guest);
      return consoles.get(monitorId(guest));
    },
    async close(id) {
      consoles.get(id);
      const port: BytePort | undefined = terminals.get(id) ?? [...monitors].find(([guest]) => monitorId(guest) === id)?.[1].port;
      port?.close();
      await port?.closed;
    },
    resize(id, columns, rows) {
      consoles.get(id);
      const terminal = terminals.get(id);
      if (terminal === undefined) return;
      terminal.resize(columns, rows);
      consoles.resized(id, { columns, rows });
    },
    command: async (guest, line) => monitor(guest).run(line),
    complete: async (guest, line) => knowledge.complete(machine(guest), line),
    watch(guest, signal) {
      definition(guest);
      const feed = feeds.get(guest) ?? createFeed<GuestConsoles>({ newestOnly: true });
      feeds.set(guest, feed);
      return watch(feed, () => state(guest), signal);
    },
    changed(id) {
      const [, guest = ''] = /^guest\/([^/]+)/.exec(id) ?? [];
      const feed = feeds.get(guest);
      if (feed === undefined) return;
      if (feed.subscribers === 0) feeds.delete(guest);
      else feed.publish(state(guest));
    },
    adopt() {
      const open = consoles.ids('guest/').filter((id) => id.endsWith('/monitor')).map((id) => id.split('/')[1] ?? '');
      for (const guest of open) if (isRunning(guest, machineOf)) monitor(guest);
    },
    dispose() {
      for (const { port } of monitors.values()) port.close();
      for (const port of terminals.values()) port.close();
      for (const feed of feeds.values()) feed.close();
    },
  };
}

function monitorId(guest: string): string {
  return `guest/${guest}/monitor`;
}

/** A log may be left of a guest that was deleted. */
function isRunning(guest: string, machineOf: SessionsDependencies['machineOf']): boolean {
  try {
    return machineOf(guest) !== undefined;
  } catch {
    return false;
  }
}
