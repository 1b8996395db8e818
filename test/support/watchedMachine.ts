import { randomUUID } from 'node:crypto';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EventPlan } from '../../electron/contract/measurements.ts';
import { provingGuests } from '../../electron/core/accelerators/provingGuest.ts';
import { resolveCpuModel } from '../../electron/core/accelerators/cpuModel.ts';
import type { Machine, MachineSpecification } from '../../electron/core/guests/machine.ts';
import { noEquipment } from '../../electron/core/guests/machineSpecification.ts';
import { LOGICAL_UUID } from '../../electron/core/guests/logicalTime.ts';
import type { ArmedEvents, BootToWatch } from '../../electron/core/instruments/eventInstrument.ts';
import { offerSerialPipes } from '../../electron/host/instruments/serialPipe.ts';
import { findQemu } from '../../electron/host/qemu/findQemu.ts';
import { createMachineDirectory } from '../../electron/host/qemu/machineDirectory.ts';
import { startMachine } from '../../electron/host/qemu/startMachine.ts';
import { readKernelSymbols } from '../../electron/host/symbols/readSymbols.ts';
import { PROMPT } from './qemuGuest.ts';
import { scratch } from './scratch.ts';

const images = join(import.meta.dirname, '../../images');

/** A plan that looks at everything from the spawn on; what is given comes last. */
export function planOf(plan: Partial<EventPlan> = {}): EventPlan {
  return {
    instrument: 'gdbstub', metrics: [], window: { from: 'spawn', durationSeconds: null }, load: null, logicalTime: false, model: null, profileEvery: null,
    symbolFile: null, traceLimitBytes: 50_000_000, ...plan,
  };
}

export interface WatchedMachine<Armed extends ArmedEvents> {
  readonly machine: Machine;
  readonly armed: Armed;
  readonly directory: string;
  readonly tracePath: string;
  /** All that came over the serial line so far. */
  text(): string;
  /** Resolves when the text matches. */
  until(pattern: RegExp): Promise<void>;
  /** Resolves when the text from an offset on has a prompt. */
  prompt(from?: number): Promise<void>;
  /** Types a command and resolves with what it printed, up to the next prompt. */
  run(command: string): Promise<string>;
}

export interface WatchOptions<Armed extends ArmedEvents> {
  readonly architecture: 'i386' | 'arm';
  readonly arm: (boot: BootToWatch) => Promise<Armed>;
  /** Names of symbols of the kernel. */
  readonly symbols?: readonly string[];
  readonly plan?: Partial<EventPlan>;
  readonly specification?: Partial<MachineSpecification>;
}

/** The built-in guest, held before its first instruction with an event instrument connected; it is ended with the test. */
export async function watchMachine<Armed extends ArmedEvents>({ architecture, arm, symbols = [], plan, specification }: WatchOptions<Armed>): Promise<WatchedMachine<Armed>> {
  const base = scratch();
  const qemu = await findQemu(architecture, {});
  const { kernel, machine: board } = provingGuests[architecture];
  const directory = await createMachineDirectory(base);
  const tracePath = join(base, 'events');
  const { table } = await readKernelSymbols(join(images, kernel), null);
  const armed = await arm({
    qemu, architecture, accelerator: 'tcg', cpus: board.cpus, system: 'builtin', plan: planOf(plan), directory: directory.path, tracePath, faultHandler: null,
    symbols: symbols.map((name) => ({ name, address: table.byName.get(name)?.address ?? 0n, every: false })),
  });
  const isLogical = specification?.logicalTime === true;
  const pipes = isLogical ? await offerSerialPipes(directory.sockets.serial) : null;
  const machine = await startMachine({
    program: qemu,
    directory: directory.path,
    specification: {
      uuid: isLogical ? LOGICAL_UUID : randomUUID(), name: 'watched', architecture, machine: board, cpuModel: resolveCpuModel(board, architecture, 'tcg'), accelerator: 'tcg', kernelPath: join(images, kernel),
      kernelArguments: '', modules: [], ...noEquipment, sockets: directory.sockets, serialLogs: [null], trace: null, ...specification, extra: [...armed.arguments, ...(specification?.extra ?? [])],
    },
  });
  const serial = createConnection(directory.sockets.serial[0] ?? '');
  onTestFinished(async () => {
    await armed.dispose();
    serial.destroy();
    await machine.dispose();
    await pipes?.[Symbol.asyncDispose]();
  });
  const line = readLine(serial);
  await armed.connect(machine);
  return {
    machine, armed, directory: directory.path, tracePath, text: line.text, prompt: (from = 0) => line.until(PROMPT, from), until: (pattern) => line.until(pattern, 0),
    async run(command) {
      const from = line.text().length;
      serial.write(`${command}\r`);
      await line.until(PROMPT, from + command.length);
      return line.text().slice(from);
    },
  };
}

function readLine(serial: Socket) {
  let text = '';
  let look = (): void => undefined;
  serial.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
    look();
  });
  return {
    text: () => text,
    until: (pattern: RegExp, from: number): Promise<void> =>
      new Promise((resolve, reject) => {
        look = () => {
          if (pattern.test(text.slice(from))) resolve();
        };
        serial.once('close', () => reject(new Error(`QEMU ended before ${String(pattern)}:\n${text}`)));
        look();
      }),
  };
}
