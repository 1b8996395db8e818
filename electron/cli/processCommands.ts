import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { TracedTarget } from '../contract/programs.ts';
import { measureProcesses, type ProcessOptions } from './commands/measureProcesses.ts';
import type { Run } from './program.ts';
import { seconds, wholeNumber } from './run/optionValues.ts';

/** How programs of this host are named beside guests. */
export interface ProcessWords extends ProcessOptions {
  readonly pid?: readonly number[];
  readonly containerProcess?: string;
}

/** `--pid 12,13 --pid 14` */
function pidList(text: string, before: readonly number[] | undefined): number[] {
  const pids = text.split(',').map((digits) => (/^[1-9]\d{0,8}$/.test(digits.trim()) ? Number(digits) : NaN));
  if (pids.some(Number.isNaN)) throw new InvalidArgumentError('A process has a number from 1 on; several have commas between them.');
  return [...new Set([...(before ?? []), ...pids])];
}

function callList(text: string, before: readonly string[] | undefined): string[] {
  const names = text.split(',').map((word) => word.trim());
  if (names.some((name) => !/^[a-z_0-9]+$/.test(name))) throw new InvalidArgumentError('Calls are named as in Linux, with commas between them: openat,read.');
  return [...(before ?? []), ...names];
}

/** What `measure syscalls` can be told instead of a guest. */
export function addProcessOptions(command: Command): Command {
  return command
    .option('--pid <numbers>', 'programs of this host that run, instead of a guest; their children, too', pidList)
    .option('--container-process <name>', 'all programs in that container of the chosen Docker Engine, on this host')
    .option('--calls <names>', 'of programs of this host only these calls, with commas between them', callList);
}

export const programTracers = ['strace', 'bpftrace'] as const;

/** What `trace` can be told of programs of this host. */
export function addTraceOptions(command: Command): Command {
  return command
    .option('--pid <numbers>', 'programs of this host that run, with commas between them; their children, too', pidList)
    .option('--container <name>', 'all programs in that container of the chosen Docker Engine, on this host')
    .option('--calls <names>', 'of programs only these calls, with commas between them', callList)
    .option('--duration <seconds>', 'how long programs are watched; without it until they end, or Ctrl-C', seconds)
    .option('--runs <number>', 'run a command so often, or watch what runs for so many windows of --duration', wholeNumber(1, 100))
    .option('--no-costs', 'do not run a command without the instrument as well; from five runs on that measures what watching costs')
    .addOption(new Option('--instrument <name>', 'how programs are watched, instead of the best that works').choices(programTracers))
    .option('--name <text>', 'name of the trace')
    .option('--no-save', 'forget the trace when it has been printed');
}

/** The words behind `--`; commander takes the two dashes away, and a guest could have any name. */
function wordsBehindDashes(command: Command): readonly string[] {
  const root = rootOf(command) as Command & { readonly rawArgs?: readonly string[] };
  const words = root.rawArgs ?? [];
  const at = words.indexOf('--');
  return at < 0 ? [] : words.slice(at + 1);
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

/** What of this host is to be watched; null when guests are. Ends with what is wrong when both, or two of a kind, are named. */
export function processTarget(command: Command, guests: readonly string[], { pid, containerProcess }: ProcessWords, others = 'guests'): TracedTarget | null {
  const [program, ...args] = wordsBehindDashes(command);
  const targets: TracedTarget[] = [
    ...(pid === undefined ? [] : [{ kind: 'processes' as const, pids: [...pid] }]),
    ...(containerProcess === undefined ? [] : [{ kind: 'container' as const, name: containerProcess }]),
    ...(program === undefined ? [] : [{ kind: 'command' as const, command: program, args, directory: resolve('.') }]),
  ];
  const isGuestNamed = guests.length > (program === undefined ? 0 : args.length + 1);
  if (targets.length > 1 || (targets.length > 0 && isGuestNamed)) command.error(`error: name either ${others}, or --pid, or ${others === 'guests' ? '--container-process' : '--container'}, or a command behind --`);
  return targets[0] ?? null;
}

/** `petri trace` of programs; `false` when a sample of a run is meant. */
export async function traceProcesses(run: Run, command: Command, words: readonly string[], options: ProcessOptions & { readonly pid?: readonly number[]; readonly container?: string }): Promise<boolean> {
  const { container, ...rest } = options;
  const target = processTarget(command, words, { ...rest, ...(container !== undefined && { containerProcess: container }) }, 'a run and a sample');
  if (target === null) return false;
  await run(command.optsWithGlobals(), (context) => measureProcesses(context, target, options));
  return true;
}

/** Carries it out when programs of this host are named; `false` when guests are. */
export async function runOnProcesses(run: Run, command: Command, guests: readonly string[]): Promise<boolean> {
  const words = command.optsWithGlobals<ProcessWords>();
  const target = processTarget(command, guests, words);
  if (target === null) return false;
  await run(command.optsWithGlobals(), (context) => measureProcesses(context, target, words));
  return true;
}
