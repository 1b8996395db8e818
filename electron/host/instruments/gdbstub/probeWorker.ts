import { once } from 'node:events';
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { DeclaredError } from '../../../contract/errors.ts';
import { openDebuggerLine, type DebuggerLine } from './debuggerLine.ts';
import { probeOrder, type ProbeCommand, type ProbeMessage } from './probeMessages.ts';
import { letGo, measureStops, placeProbes, SIGNAL_TRAP, type PlacedProbes } from './probing.ts';

// A process of its own: it holds QEMU's debugger port, so that a guest is let go even when the lab is killed in the middle. It ends when its
// input does, which is also how it learns of the lab's end.

const order = probeOrder.parse(JSON.parse(process.argv[2] ?? ''));
const say = (message: ProbeMessage): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

/** A guest that was interrupted stands within a millisecond or two. */
const STAND_LIMIT_MS = 2_000;

let line: DebuggerLine | null = null;
let watching: Promise<void> | null = null;
/** The guest runs, as far as this process knows: it was let go, and has not stopped since. */
let running = false;
let ending = false;
const forced = Promise.withResolvers<null>();

/** QEMU stops the guest when somebody connects, and may say so before it is asked anything. */
async function connect(): Promise<DebuggerLine> {
  const socket = createConnection(order.socket);
  await once(socket, 'connect');
  const connected = openDebuggerLine(socket);
  await connected.ask('qSupported');
  connected.forgetStops();
  return connected;
}

async function begin(held: boolean): Promise<void> {
  line = await connect();
  const stopNs = await measureStops(line, held);
  const probes = await placeProbes(line, {
    architecture: order.architecture,
    kind: order.kind,
    probes: order.probes.map(({ name, address, hits }) => ({ name, address: BigInt(address), hits })),
    onHit: ({ atNs, ...hit }) => say({ kind: 'hit', ...hit, atNs: String(atNs) }),
  });
  if (!held) await line.tell('c');
  running = true;
  watching = watch(line, probes);
  say({ kind: 'begun', stopNs });
}

/** Notes each stop and lets the guest go on; when there is nothing more to see, or nobody who wants it, lets go of it for good. */
async function watch(on: DebuggerLine, probes: PlacedProbes): Promise<void> {
  try {
    for (;;) {
      const stopped = await Promise.race([on.nextStop(), forced.promise]);
      running = false;
      if (stopped?.stop.kind === 'stopped' && stopped.stop.signal === SIGNAL_TRAP) await probes.take(stopped.stop.vcpu, stopped.atNs);
      if (stopped?.stop.kind !== 'stopped' || ending || probes.left() === 0) break;
      await on.tell('c');
      running = true;
    }
  } catch (error) {
    report(error);
  }
  await letGo(on);
}

function report(error: unknown): void {
  const details = error instanceof DeclaredError && error.failure.code === 'DEBUGGER_FAILED' ? error.failure.details : null;
  say({ kind: 'failed', action: details?.action ?? 'debugger port', reason: details?.reason ?? String(error) });
}

/** A QEMU that tells stops only to who let the guest go: the guest is stopped once, just after its start, and let go from here. */
async function takeOver(): Promise<void> {
  if (!order.toldOnlyAfterContinue || !running || line === null) return;
  line.interrupt();
  await line.ask('?');
  await line.tell('c');
}

async function finish(): Promise<void> {
  if (ending) return;
  ending = true;
  if (running) line?.interrupt();
  const timer = setTimeout(() => forced.resolve(null), STAND_LIMIT_MS);
  if (watching !== null) await watching;
  else if (line !== null) await letGo(line);
  clearTimeout(timer);
  say({ kind: 'released' });
  process.stdin.destroy();
}

/** Lets a guest go that another process has left standing. */
async function free(): Promise<void> {
  line = await connect();
  await finish();
}

const commands: Record<ProbeCommand, () => Promise<void>> = { held: () => begin(true), running: () => begin(false), resumed: takeOver, end: finish, free };
let queue = Promise.resolve();
/** One after the other: the port takes one command at a time. */
function carryOut(command: () => Promise<void>): void {
  queue = queue.then(command).catch(async (error: unknown) => {
    report(error);
    await finish();
  });
}

process.stdout.on('error', () => undefined); // The lab is gone; what is left is to let the guest go.
const input = createInterface({ input: process.stdin });
input.on('line', (command) => carryOut(commands[command as ProbeCommand]));
input.on('close', () => carryOut(finish));
say({ kind: 'ready' });
