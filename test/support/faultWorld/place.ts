import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { watchForLeaks } from '../leaks.ts';

export interface SeenProcess {
  readonly pid: number;
  readonly command: string;
}

/** What may be there: the lab, and the guest that idles. */
export interface Expected {
  readonly lab: number;
  readonly guest: { readonly pid: number; readonly directory: string } | null;
}

/** Directories of their own for the labs, the shells and the machines of one fault run. */
export interface FaultPlace {
  readonly data: string;
  /** All processes that were started with this place's environment: labs, shells and machines, whatever they call themselves. */
  processes(): SeenProcess[];
  /** Processes, sockets, locks and files that nothing accounts for, each as a line. */
  leftovers(expected: Expected): string[];
  /** Kills what is left, removes the directories, and gives this process its own environment back. */
  close(): void;
}

function attempt(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // The process ended while we looked.
  }
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' });
}

export function makeFaultPlace(): FaultPlace {
  const path = mkdtempSync(join(tmpdir(), 'petri-'));
  const [data, runtime, temporary] = [join(path, 'data'), join(path, 'run'), join(path, 'tmp')];
  for (const directory of [runtime, temporary]) mkdirSync(directory);
  // Labs inherit this from their shells, and machines from their labs.
  const environment = { XDG_RUNTIME_DIR: runtime, TMPDIR: temporary, PETRI_DATA: data };
  const former = Object.keys(environment).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, environment);

  const processes = (): SeenProcess[] =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && name !== String(process.pid) && attempt(`/proc/${name}/environ`).includes(path))
      .map((name) => ({ pid: Number(name), command: attempt(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim() }));

  const strayFiles = (guest: string | null): string[] => {
    const isExpected = (name: string): boolean => /^petri(\/[0-9a-f]{8}(\/lab\.(sock|stderr))?)?$/.test(name) || (guest !== null && name.startsWith(guest));
    const kept = filesIn(data);
    return [
      ...filesIn(runtime).filter((name) => !isExpected(name)),
      ...filesIn(temporary),
      ...kept.filter((name) => name.includes('.partial') || /^(traces|consoles\/run)\//.test(name)),
    ];
  };
  return {
    data,
    processes,
    leftovers({ lab, guest }) {
      const directory = guest === null ? null : relative(runtime, guest.directory);
      const isOwn = (socket: string): boolean => socket.endsWith('/lab.sock') || (guest !== null && socket.startsWith(guest.directory));
      const { pid } = JSON.parse(readFileSync(join(data, 'lock.json'), 'utf8')) as { pid: number };
      return [
        ...processes().filter((seen) => seen.pid !== lab && seen.pid !== guest?.pid).map((seen) => `process ${seen.pid} ${seen.command.slice(0, 200)}`),
        ...watchForLeaks([runtime]).list().sockets.filter((socket) => !isOwn(socket)).map((socket) => `socket ${socket}`),
        ...strayFiles(directory).map((name) => `file ${name}`),
        ...(pid === lab ? [] : [`lock of process ${pid}`]),
      ];
    },
    close() {
      for (const { pid } of processes()) process.kill(pid, 'SIGKILL');
      for (const [name, value] of former) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
      rmSync(path, { recursive: true, force: true });
    },
  };
}
