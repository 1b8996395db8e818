import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';

export type GuestArchitecture = 'i386' | 'x86_64' | 'arm';

/** One way of running the built-in guest: an emulator, a board and a CPU model. */
export interface GuestMachine {
  readonly architecture: GuestArchitecture;
  readonly board?: string;
  readonly cpu?: string;
}

export interface GuestOptions extends GuestMachine {
  /** The ELF file, or null to let the firmware boot a disk or medium; the committed one of the architecture without it. */
  readonly kernel?: string | null;
  /** False for a machine without a serial port. */
  readonly serial?: boolean;
  /** The kernel command line. */
  readonly append?: string;
  /** More QEMU arguments, such as a trace. */
  readonly extra?: readonly string[];
}

export interface GuestExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningGuest {
  /** All that came over the serial line so far, a character for a byte. */
  text(): string;
  /** Resolves with the first match at or behind an offset; rejects with the text when QEMU ends first. */
  waitFor(pattern: RegExp, from?: number): Promise<RegExpExecArray>;
  send(bytes: string): void;
  /** Types a command and resolves with what it printed, up to the next prompt. */
  run(command: string): Promise<string>;
  /** Kills QEMU, if it runs, and resolves when it is gone. */
  kill(): Promise<GuestExit>;
  readonly exit: Promise<GuestExit>;
}

export const BUILTIN = join(import.meta.dirname, '../../images/builtin');
export const PROMPT = /^petri# /m;

const EMULATORS = { i386: 'qemu-system-i386', x86_64: 'qemu-system-x86_64', arm: 'qemu-system-arm' } as const;
const BOARDS = { i386: 'pc', x86_64: 'pc', arm: 'virt' } as const;

/** Whether a program is on the PATH; says so loudly when it is not, because something will be skipped for it. */
export function hasProgram(name: string): boolean {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return true;
    } catch {
      // Not in this directory.
    }
  }
  process.stderr.write(`SKIPPED: ${name} is not installed\n`);
  return false;
}

export function canRun(machine: GuestMachine): boolean {
  return hasProgram(EMULATORS[machine.architecture]);
}

/** The built architecture that a machine boots: an x86_64 one boots the i386 guest. */
export function builtArchitecture(machine: GuestMachine): 'i386' | 'arm' {
  return machine.architecture === 'arm' ? 'arm' : 'i386';
}

export function builtKernel(machine: GuestMachine): string {
  return join(BUILTIN, 'built', `petri-${builtArchitecture(machine)}.elf`);
}

export function describeMachine(machine: GuestMachine): string {
  return `${EMULATORS[machine.architecture]} ${machine.board ?? BOARDS[machine.architecture]} with ${machine.cpu ?? 'its default'} CPU`;
}

function guestArguments(options: GuestOptions): string[] {
  // The `virt` board's own default CPU is a Cortex-A15 too, but newer emulators may choose another.
  const cpu = options.cpu ?? (options.architecture === 'arm' ? 'cortex-a15' : undefined);
  const boot = options.kernel === null ? [] : ['-kernel', options.kernel ?? builtKernel(options), '-append', options.append ?? ''];
  return [
    ...['-M', options.board ?? BOARDS[options.architecture], '-accel', 'tcg', '-m', '64'],
    ...(cpu === undefined ? [] : ['-cpu', cpu]),
    ...['-nodefaults', '-display', 'none', '-serial', options.serial === false ? 'none' : 'stdio', '-no-reboot'],
    ...boot,
    ...(options.extra ?? []),
  ];
}

/** Everything a process printed, and promises for what it will print. */
function createTranscript() {
  let text = '';
  let ending: Error | undefined;
  const waiters = new Set<() => void>();
  const notify = () => [...waiters].forEach((look) => look());
  return {
    text: () => text,
    append(bytes: Buffer) {
      text += bytes.toString('latin1');
      notify();
    },
    end(reason: string) {
      ending = new Error(reason);
      notify();
    },
    waitFor: (pattern: RegExp, from: number) =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(text.slice(from));
          if (match === null && ending === undefined) return;
          waiters.delete(look);
          if (match !== null) resolve(match);
          else reject(new Error(`${String(ending?.message)} before ${String(pattern)} was seen in:\n${text.slice(from).slice(-2000)}`));
        };
        waiters.add(look);
        look();
      }),
  };
}

function exitOf(child: ChildProcess): Promise<GuestExit> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** Starts QEMU with the built-in guest, its serial line on our pipes. It is killed when the test ends. */
export function startGuest(options: GuestOptions): RunningGuest {
  const child = spawn(EMULATORS[options.architecture], guestArguments(options), { stdio: ['pipe', 'pipe', 'pipe'] });
  const transcript = createTranscript();
  let complaints = '';
  child.stdout.on('data', (bytes: Buffer) => transcript.append(bytes));
  child.stderr.on('data', (bytes: Buffer) => (complaints += bytes.toString()));
  child.stdin.on('error', () => undefined); // The pipe breaks when QEMU ends first; `exit` tells.
  const exit = exitOf(child);
  exit.then(
    ({ code, signal }) => transcript.end(`QEMU ended (code ${String(code)}, signal ${String(signal)}): ${complaints}`),
    (error: unknown) => transcript.end(String(error)),
  );

  const kill = () => {
    child.kill('SIGKILL');
    return exit;
  };
  onTestFinished(async () => {
    await kill();
  });

  return {
    exit,
    kill,
    text: transcript.text,
    waitFor: (pattern, from = 0) => transcript.waitFor(pattern, from),
    send: (bytes) => void child.stdin.write(bytes, 'latin1'),
    async run(command) {
      const from = transcript.text().length;
      child.stdin.write(`${command}\r`, 'latin1');
      const match = await transcript.waitFor(/\r\n([^]*?)^petri# /m, from);
      return match[1] ?? '';
    },
  };
}

/** Starts the guest and waits for its first prompt. */
export async function bootGuest(options: GuestOptions): Promise<RunningGuest> {
  const guest = startGuest(options);
  await guest.waitFor(PROMPT);
  return guest;
}
