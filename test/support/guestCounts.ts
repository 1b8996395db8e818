/** The numbers of one `counts` line of the built-in guest. */
export interface GuestCounts {
  readonly calls: number;
  readonly faults: number;
  readonly switches: number;
  readonly ipc: number;
  readonly ticks: number;
  /** By the name of the way into the kernel: int20, sysenter, svc … */
  readonly entries: Readonly<Record<string, number>>;
  readonly since: string;
}

/** Reads every `counts` line of a text, in order; fails on a line that is cut or lacks a counter. */
export function readCounts(text: string): GuestCounts[] {
  return [...text.matchAll(/^counts (.*?)\r$/gm)].map((line) => {
    const words = /^calls=(\d+) faults=(\d+) switches=(\d+) ipc=(\d+) ticks=(\d+) entries((?: \w+=\d+)+) since=(\w+)$/.exec(line[1] ?? '');
    if (words === null) throw new Error(`not a line of counts: ${line[0]}`);
    const [calls, faults, switches, ipc, ticks] = words.slice(1, 6).map(Number) as [number, number, number, number, number];
    const entries = [...(words[6] ?? '').matchAll(/(\w+)=(\d+)/g)].map((entry) => [entry[1] ?? '', Number(entry[2])] as const);
    return { calls, faults, switches, ipc, ticks, entries: Object.fromEntries(entries), since: words[7] ?? '' };
  });
}

/** The only `counts` line of a command's output. */
export function onlyCounts(text: string): GuestCounts {
  const [counts, ...others] = readCounts(text);
  if (counts === undefined || others.length > 0) throw new Error(`expected one line of counts in:\n${text}`);
  return counts;
}
