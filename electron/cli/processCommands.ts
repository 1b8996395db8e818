import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { TracedTarget } from '../contract/instruments.ts';
import { measureProcesses, type ProcessOptions } from './commands/measureProcesses.ts';
import type { Run } from './program.ts';

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
export function processTarget(command: Command, guests: readonly string[], { pid, containerProcess }: ProcessWords): TracedTarget | null {
  const [program, ...args] = wordsBehindDashes(command);
  const targets: TracedTarget[] = [
    ...(pid === undefined ? [] : [{ kind: 'processes' as const, pids: [...pid] }]),
    ...(containerProcess === undefined ? [] : [{ kind: 'container' as const, name: containerProcess }]),
    ...(program === undefined ? [] : [{ kind: 'command' as const, command: program, args, directory: resolve('.') }]),
  ];
  const isGuestNamed = guests.length > (program === undefined ? 0 : args.length + 1);
  if (targets.length > 1 || (targets.length > 0 && isGuestNamed)) command.error('error: name either guests, or --pid, or --container-process, or a command behind --');
  return targets[0] ?? null;
}

/** Carries it out when programs of this host are named; `false` when guests are. */
export async function runOnProcesses(run: Run, command: Command, guests: readonly string[]): Promise<boolean> {
  const words = command.optsWithGlobals<ProcessWords>();
  const target = processTarget(command, guests, words);
  if (target === null) return false;
  await run(command.optsWithGlobals(), (context) => measureProcesses(context, target, words));
  return true;
}
