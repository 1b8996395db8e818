import { readFileSync } from 'node:fs';
import { readSymbols } from '../../support/guestSymbols.ts';
import { BUILTIN } from '../../support/qemuGuest.ts';
import { startProbeProcess } from '../../../electron/host/instruments/gdbstub/probeProcess.ts';

// Holds the debugger port of a guest that runs, and says the process that does it; started by a test that kills it.

const [, , socket = ''] = process.argv;
const address = readSymbols(readFileSync(`${BUILTIN}/built/petri-i386.elf`)).get('load_begin') ?? 0;
const holder = startProbeProcess(
  { socket, architecture: 'i386', kind: 0, probes: [{ name: 'load_begin', address: String(address), hits: 100 }], toldOnlyAfterContinue: false },
  () => undefined,
);
holder.tell('running');
await holder.until('begun');
process.stdout.write(JSON.stringify({ pid: holder.pid }));
await holder.gone;
