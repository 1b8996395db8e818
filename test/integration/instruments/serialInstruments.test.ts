import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Architecture } from '../../../electron/contract/primitives.ts';
import { provingGuests } from '../../../electron/core/accelerators/provingGuest.ts';
import { resolveCpuModel } from '../../../electron/core/accelerators/cpuModel.ts';
import { readClockOffset } from '../../../electron/host/instruments/clockOffset.ts';
import { serialSocket } from '../../../electron/host/instruments/serialSocket.ts';
import { serialTrace } from '../../../electron/host/instruments/serialTrace.ts';
import { noEquipment } from '../../../electron/core/guests/machineSpecification.ts';
import { findQemu } from '../../../electron/host/qemu/findQemu.ts';
import { createMachineDirectory } from '../../../electron/host/qemu/machineDirectory.ts';
import { startMachine } from '../../../electron/host/qemu/startMachine.ts';
import { canRun } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';

const images = join(import.meta.dirname, '../../../images');

/** One boot to the prompt that both instruments stamp at once, byte by byte. */
async function bootUnderBoth(architecture: 'i386' | 'arm') {
  const base = scratch();
  const program = await findQemu(architecture satisfies Architecture, {});
  const { kernel, machine } = provingGuests[architecture];
  const directory = await createMachineDirectory(base);
  const boot = { architecture, directory: directory.path, tracePath: join(base, 'trace') };
  const [trace, socket] = [await serialTrace.arm(boot), await serialSocket.arm(boot)];
  const { offsetNs } = readClockOffset();
  const running = await startMachine({
    program,
    directory: directory.path,
    specification: {
      uuid: randomUUID(), name: 'both', architecture, machine, cpuModel: resolveCpuModel(machine, architecture, 'tcg'), accelerator: 'tcg', kernelPath: join(images, kernel),
      kernelArguments: '', modules: [], ...noEquipment, sockets: directory.sockets, serialLogs: [null], trace: trace.trace, extra: [],
    },
  });
  onTestFinished(async () => {
    await Promise.all([trace.dispose(), socket.dispose(), running.dispose()]);
  });
  const monotonicNs = running.spawnedAt?.monotonicNs ?? 0n;
  const zero = { monotonicNs, wallNs: monotonicNs + offsetNs };
  await trace.connect(directory.sockets.serial[0] ?? '', zero);
  const console = createConnection(await socket.connect(directory.sockets.serial[0] ?? '', zero));
  await once(console, 'connect');
  const [traced, read]: [number[], number[]] = [[], []];
  let text = '';
  const prompt = Promise.withResolvers<undefined>();
  console.on('data', (bytes: Buffer) => {
    traced.push(...Array.from(trace.samples(bytes).stampsNs));
    read.push(...Array.from(socket.samples(bytes).stampsNs));
    text += bytes.toString('latin1');
    if (text.endsWith('petri# ')) prompt.resolve(undefined);
  });
  await running.go();
  await prompt.promise;
  return { traced, read, text, trace, running, tracePath: boot.tracePath, console };
}

/**
 * The non-zero differences between QEMU's stamps of all writes to the UART, its set-up included: a guest's bytes are
 * further apart than the instrument can tell, since QEMU needs some 30 µs to pass one on.
 */
function rawDifferencesUs(path: string): number[] {
  const stamps = readFileSync(path, 'utf8').split('\n').flatMap((line) => {
    const match = /[.](\d{6})(?::|Z )/.exec(line);
    return match === null ? [] : [Number(match[1])];
  });
  return stamps.slice(1).map((at, position) => at - (stamps[position] ?? 0)).filter((difference) => difference > 0);
}

describe.each(['i386', 'arm'] as const)('on %s', (architecture) => {
  it.skipIf(!canRun({ architecture }))('the trace stamps every byte, in order, with a resolution of 10 µs or better, and the socket never before it', async () => {
    const { traced, read, text, tracePath } = await bootUnderBoth(architecture);
    expect(traced).toHaveLength(text.length);
    expect(read).toHaveLength(text.length);
    const differences = traced.slice(1).map((at, position) => at - (traced[position] ?? 0));
    expect(Math.min(...differences)).toBeGreaterThanOrEqual(0);
    expect(Math.min(...rawDifferencesUs(tracePath))).toBeLessThanOrEqual(10);
    // The two clocks are joined to within the uncertainty of reading them.
    expect(Math.min(...read.map((at, position) => at - (traced[position] ?? 0)))).toBeGreaterThan(-100_000);
  });

  it.skipIf(!canRun({ architecture }))('a disarmed trace writes nothing more while the guest goes on printing', async () => {
    const { trace, running, console, text } = await bootUnderBoth(architecture);
    expect(text).toContain('petri# ');
    await trace.disarm(running.qmp);
    trace.samples(new Uint8Array());
    const printed = Promise.withResolvers<string>();
    let answer = '';
    console.removeAllListeners('data').on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1');
      if (answer.endsWith('petri# ')) printed.resolve(answer);
    });
    console.write('help\r');
    expect((await printed.promise).length).toBeGreaterThan(20);
    // Had it been traced, these bytes would have stamps.
    expect(trace.samples(Buffer.from('x')).stampsNs).toHaveLength(0);
  });
});
