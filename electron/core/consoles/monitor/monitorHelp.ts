/** A command of QEMU's monitor as its own `help` tells it. */
export interface MonitorCommand {
  /** The name and its short forms. */
  readonly names: readonly string[];
  /** The arguments as help writes them, such as `[-f] device`. */
  readonly usage: string;
  readonly summary: string;
}

/** Some usages go over several lines; a command begins at the margin with its name, and no usage does. */
const BEGINNING = /^([a-z?][\w?-]*(?:\|[\w?-]+)*) (.*)$/;

/** Reads what `help` (or `help info`) prints. Every entry is `NAME|ALIAS USAGE -- SUMMARY`. */
export function parseMonitorHelp(text: string): MonitorCommand[] {
  const entries: string[] = [];
  for (const line of text.replaceAll('\r', '').split('\n')) {
    const before = BEGINNING.test(line) ? undefined : entries.pop();
    if (before !== undefined) entries.push(`${before} ${line.trim()}`);
    else if (line !== '') entries.push(line);
  }
  return entries.map(parseEntry).filter((command) => command !== null);
}

function parseEntry(entry: string): MonitorCommand | null {
  const [, names, rest] = BEGINNING.exec(entry) ?? [];
  const separator = rest?.indexOf('-- ') ?? -1;
  if (names === undefined || rest === undefined || separator < 0) return null;
  return { names: names.split('|'), usage: rest.slice(0, separator).trim(), summary: rest.slice(separator + 3).trim() };
}

export function findCommand(commands: readonly MonitorCommand[], name: string): MonitorCommand | undefined {
  return commands.find(({ names }) => names.includes(name));
}

/** One line of help: `eject [-f] device — eject a removable medium`. */
export function helpLine({ names, usage, summary }: MonitorCommand): string {
  return `${[names.join('|'), usage].filter((part) => part !== '').join(' ')} — ${summary}`;
}
