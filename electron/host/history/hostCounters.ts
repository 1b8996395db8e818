import { readFileSync, readdirSync } from 'node:fs';
import { cpus, freemem, hostname, totalmem } from 'node:os';
import type { ResourceCounters } from '../../core/guests/resourceCounters.ts';

/** Of user space on Linux, whatever the kernel's own tick is (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;
/** In /proc/diskstats, whatever the device's own is (Documentation/admin-guide/iostats.rst). */
const SECTOR_BYTES = 512;
/** Devices that lie on others, or in memory: their bytes would be counted twice, or are on no disk. */
const LAYERED_DEVICE = /^(loop|ram|zram|dm-|md|fd|sr)/;
/** Interfaces whose bytes stay on this host, or pass a card of it too. */
const INNER_INTERFACE = /^(lo|docker\d|br-|veth|virbr|tap|tun)/;

function attempt<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch {
    // No such file: another platform, or a container that hides it.
    return null;
  }
}

const linesOf = (path: string): string[] => readFileSync(path, 'latin1').split('\n');
const fieldsOf = (line: string): string[] => line.trim().split(/\s+/);

/** All but idle and waiting, of all cores (proc(5), /proc/stat); guests' time is in user time. */
function cpuSeconds(): number | null {
  const ofLinux = attempt(() => {
    const [user, nice, system, , , irq, softIrq, steal] = fieldsOf(readFileSync('/proc/stat', 'latin1').split('\n', 1)[0] ?? '').slice(1).map(Number);
    return [user, nice, system, irq, softIrq, steal].reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0) / TICKS_PER_SECOND;
  });
  if (ofLinux !== null) return ofLinux;
  return attempt(() => cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + (user + nice + sys + irq) / 1_000, 0));
}

function usedMemory(): number | null {
  const ofLinux = attempt(() => {
    const text = readFileSync('/proc/meminfo', 'latin1');
    const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? Number.NaN);
    return (kib('MemTotal') - kib('MemAvailable')) * 1_024;
  });
  return ofLinux !== null && Number.isFinite(ofLinux) ? ofLinux : totalmem() - freemem();
}

function pageFaults(): number | null {
  return attempt(() => {
    const found = /^pgfault (\d+)$/m.exec(readFileSync('/proc/vmstat', 'latin1'))?.[1];
    return found === undefined ? null : Number(found);
  });
}

/** What this machine is called on the dashboard. */
export function hostName(): string {
  return hostname();
}

interface Traffic {
  readonly into: number;
  readonly out: number;
}

function disks(): Traffic | null {
  return attempt(() => {
    const whole = new Set(readdirSync('/sys/block').filter((name) => !LAYERED_DEVICE.test(name)));
    const rows = linesOf('/proc/diskstats').map(fieldsOf).filter(([, , name]) => name !== undefined && whole.has(name));
    return { into: sum(rows, 5) * SECTOR_BYTES, out: sum(rows, 9) * SECTOR_BYTES };
  });
}

function network(): Traffic | null {
  return attempt(() => {
    const rows = linesOf('/proc/net/dev').slice(2).filter((line) => line.includes(':')).map((line) => fieldsOf(line.replace(':', ' ')));
    const cards = rows.filter(([name]) => name !== undefined && !INNER_INTERFACE.test(name));
    return { into: sum(cards, 1), out: sum(cards, 9) };
  });
}

function sum(rows: readonly string[][], field: number): number {
  return rows.reduce((total, row) => total + Number(row[field] ?? 0), 0);
}

/** What this host has taken since it began: of Linux everything, of other systems processors and memory. */
export function readHostCounters(): ResourceCounters {
  const [disk, net] = [disks(), network()];
  return {
    atMs: Date.now(),
    steadyMs: performance.now(),
    cpuSeconds: cpuSeconds(),
    memoryBytes: usedMemory(),
    hostFaults: pageFaults(),
    exits: null,
    diskReadBytes: disk?.into ?? null,
    diskWrittenBytes: disk?.out ?? null,
    networkReceivedBytes: net?.into ?? null,
    networkSentBytes: net?.out ?? null,
    consoleBytes: null,
  };
}
