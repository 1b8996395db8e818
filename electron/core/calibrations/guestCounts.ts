/** What the built-in guest's handlers counted during one load: the truth that instruments are held against. */
export interface GuestCounts {
  readonly calls: number;
  readonly faults: number;
  readonly switches: number;
  readonly ipc: number;
  readonly ticks: number;
  /** By the guest's name of the way into the kernel: `int21`, `sysenter`, `svc`. */
  readonly entries: ReadonlyMap<string, number>;
}

const LINE = /^counts calls=(\d+) faults=(\d+) switches=(\d+) ipc=(\d+) ticks=(\d+) entries((?: \w+=\d+)+) since=load\r$/gm;

/** What its page fault handler said of the faults of one load. */
export interface FaultKinds {
  readonly read: number;
  readonly write: number;
  readonly execute: number;
  readonly protection: number;
}

const KINDS = /^kinds read=(\d+) write=(\d+) execute=(\d+) protection=(\d+)\r$/gm;

/** The lines `kinds …` of the loads that were asked for faults of a kind, in order. */
export function readFaultKinds(text: string): FaultKinds[] {
  return [...text.matchAll(KINDS)].map(([, ...numbers]) => {
    const [read = NaN, write = NaN, execute = NaN, protection = NaN] = numbers.map(Number);
    return { read, write, execute, protection };
  });
}

/** The lines `counts …` of a boot's loads, in order. A line that is cut is none. */
export function readLoadCounts(text: string): GuestCounts[] {
  return [...text.matchAll(LINE)].map((line) => {
    const [calls = NaN, faults = NaN, switches = NaN, ipc = NaN, ticks = NaN] = line.slice(1, 6).map(Number);
    const entries = [...(line[6] ?? '').matchAll(/(\w+)=(\d+)/g)].map(([, name = '', count]) => [name, Number(count)] as const);
    return { calls, faults, switches, ipc, ticks, entries: new Map(entries) };
  });
}

/** How many sectors its disk commands said they had written and read, all together. */
export interface GuestSectors {
  readonly read: number;
  readonly written: number;
}

/** The lines `written …` and `sum …` of `disk write` and `disk sum`. */
export function readSectors(text: string): GuestSectors {
  const sum = (pattern: RegExp): number => [...text.matchAll(pattern)].reduce((total, [, count]) => total + Number(count), 0);
  return { read: sum(/^sum sector=\d+ count=(\d+) crc32=\w+\r$/gm), written: sum(/^written sector=\d+ count=(\d+) byte=\d+\r$/gm) };
}
