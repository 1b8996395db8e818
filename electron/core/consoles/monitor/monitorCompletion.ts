import { findCommand, helpLine, type MonitorCommand } from './monitorHelp.ts';

/** What QEMU has names for. */
export type NameKind = 'block' | 'device' | 'object' | 'chardev' | 'network' | 'snapshot' | 'cpu' | 'key';

/** What completion knows of a machine: its monitor's commands, and for each kind of name those that there are. */
export interface MonitorKnowledge {
  readonly commands: readonly MonitorCommand[];
  /** The subcommands of `info`. */
  readonly topics: readonly MonitorCommand[];
  readonly qmpCommands: readonly string[];
}

/** `from` is where in the line the word begins that `words` would replace. */
export interface Completion {
  readonly from: number;
  readonly words: readonly string[];
  readonly help: string | null;
}

/** Which kind of name the first argument of a command is. */
const firstArgument: Readonly<Record<string, NameKind>> = {
  block_job_cancel: 'block', block_job_complete: 'block', block_job_pause: 'block', block_job_resume: 'block', block_job_set_speed: 'block',
  block_resize: 'block', block_set_io_throttle: 'block', block_stream: 'block', change: 'block', commit: 'block', drive_backup: 'block', drive_del: 'block',
  drive_mirror: 'block', eject: 'block', nbd_server_add: 'block', 'qemu-io': 'block', snapshot_blkdev: 'block', snapshot_blkdev_internal: 'block',
  snapshot_delete_blkdev_internal: 'block', 'info block': 'block', device_del: 'device', object_del: 'object', 'chardev-remove': 'chardev',
  'chardev-change': 'chardev', 'chardev-send-break': 'chardev', ringbuf_read: 'chardev', ringbuf_write: 'chardev', netdev_del: 'network',
  set_link: 'network', hostfwd_add: 'network', hostfwd_remove: 'network', loadvm: 'snapshot', delvm: 'snapshot', savevm: 'snapshot', cpu: 'cpu',
  'info registers': 'cpu', sendkey: 'key',
};

/** Words that are always the same. */
const fixedWords: Readonly<Record<string, readonly string[]>> = {
  watchdog_action: ['reset', 'shutdown', 'poweroff', 'pause', 'debug', 'none'],
  singlestep: ['on', 'off'],
  'sync-profile': ['on', 'off', 'reset'],
  set_link: ['on', 'off'],
  'trace-event': ['on', 'off'],
};

/** A line cut before the word at its end. */
interface CutLine {
  readonly from: number;
  readonly word: string;
  /** The words before it, without options such as `-f`. */
  readonly before: readonly string[];
}

function cut(line: string): CutLine {
  const from = line.search(/\S*$/);
  const before = line.slice(0, from).split(/\s+/).filter((part) => part !== '');
  return { from, word: line.slice(from), before: before.filter((part, index) => index === 0 || !part.startsWith('-')) };
}

/** The command that a line stands in, with a topic of `info` as a part of it: `info block`. */
function commandOf(before: readonly string[]): { name: string; place: number } {
  const [command = '', topic] = before;
  return command === 'info' && topic !== undefined ? { name: `info ${topic}`, place: before.length - 2 } : { name: command, place: before.length - 1 };
}

/** Which names have to be asked for to complete a line; null for none. */
export function namesWanted(line: string): NameKind | null {
  const { before } = cut(line);
  if (before.length === 0) return null;
  const { name, place } = commandOf(before);
  return place === 0 ? (firstArgument[name] ?? null) : null;
}

/** How a line may go on; `names` are those of the kind that `namesWanted` said. */
export function completeMonitorLine(line: string, knowledge: MonitorKnowledge, names: readonly string[]): Completion {
  const cutLine = cut(line);
  const inJson = /"execute"\s*:\s*"([\w-]*)$/.exec(line);
  if (inJson?.[1] !== undefined) return answer({ from: line.length - inJson[1].length, word: inJson[1] }, knowledge.qmpCommands, null);
  if (line.trimStart().startsWith('{')) return { from: line.length, words: [], help: null };
  // Keys of a chord are joined: `sendkey ctrl-alt-f`.
  const part = namesWanted(line) === 'key' ? cutLine.word.slice(cutLine.word.lastIndexOf('-') + 1) : cutLine.word;
  return answer({ from: line.length - part.length, word: part }, candidates(cutLine, knowledge, names), helpFor(cutLine, knowledge));
}

function answer({ from, word }: { from: number; word: string }, words: readonly string[], help: string | null): Completion {
  return { from, words: [...new Set(words)].filter((candidate) => candidate.startsWith(word)).sort(), help };
}

function candidates({ before }: CutLine, { commands, topics, qmpCommands }: MonitorKnowledge, names: readonly string[]): readonly string[] {
  const all = (list: readonly MonitorCommand[]): string[] => list.flatMap((command) => [...command.names]);
  if (before.length === 0) return [...all(commands), 'qmp'];
  const { name, place } = commandOf(before);
  if (before.length === 1 && name === 'info') return all(topics);
  if (before.length === 1 && (name === 'help' || name === '?')) return all(commands);
  if (before.length === 2 && before[1] === 'info') return all(topics);
  if (name === 'qmp') return before.length === 1 ? qmpCommands : [];
  if (place === 0 && firstArgument[name] !== undefined) return names;
  return fixedWords[name] ?? [];
}

function helpFor({ before, word }: CutLine, { commands, topics }: MonitorKnowledge): string | null {
  const [command = word, topic = before.length === 1 ? word : undefined] = before;
  const subject = command === 'help' || command === '?' ? undefined : (command === 'info' && topic !== undefined ? findCommand(topics, topic) : undefined);
  const found = subject ?? findCommand(commands, command);
  if (found === undefined) return null;
  return `${subject === undefined ? '' : 'info '}${helpLine(found)}`;
}
