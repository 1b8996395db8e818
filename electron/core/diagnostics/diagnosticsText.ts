import type { CommandRecord } from '../../contract/diagnostics.ts';
import { explain } from '../../contract/errors.ts';
import type { Capability, HostFingerprint } from '../../contract/hosts.ts';
import type { Task } from '../../contract/tasks.ts';

/** Everything that one reads to understand a problem from afar. */
export interface DiagnosticsFacts {
  readonly version: string;
  readonly build: string;
  readonly runtime: string;
  readonly dataDirectory: string;
  readonly host: HostFingerprint;
  readonly capabilities: readonly Capability[];
  /** Only what a person set. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly tasks: readonly Task[];
  readonly commands: readonly CommandRecord[];
  readonly log: readonly string[];
}

/** The facts as plain text, the most telling first. */
export function diagnosticsText(facts: DiagnosticsFacts): string {
  const { version, build, runtime, dataDirectory, host } = facts;
  return [
    section('Petri', [`${version} (build ${build})`, runtime, `data: ${dataDirectory}`]),
    section('Machine', [
      host.platform,
      host.kernel,
      `${host.cpuModel}, ${host.cores} cores, ${Math.round(host.memoryBytes / 1024 ** 2)} MiB`,
      `governor: ${host.governor ?? 'unknown'}, virtualised: ${host.virtualised ?? 'unknown'}`,
    ]),
    section('Capabilities', facts.capabilities.flatMap(capabilityLines)),
    section('Settings that were changed', Object.entries(facts.settings).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)),
    section('Tasks', facts.tasks.flatMap(taskLines)),
    section('Commands', facts.commands.slice(-20).map(commandLine)),
    section('Log', facts.log),
  ].join('\n\n');
}

function section(title: string, lines: readonly string[]): string {
  return [title, '-'.repeat(title.length), ...(lines.length === 0 ? ['(none)'] : lines)].join('\n');
}

const capabilityLines = ({ title, verdict, summary, evidence }: Capability): string[] => [`${title}: ${verdict}. ${summary}`, ...evidence.map((line) => `    ${line}`)];

function taskLines({ title, state, phase, failure }: Task): string[] {
  const first = `${title}: ${state}${phase === '' ? '' : ` (${phase})`}`;
  if (failure === null) return [first];
  const { code, what, evidence } = explain(failure);
  return [first, `    ${code}: ${what}`, ...evidence.map((line) => `    ${line}`)];
}

function commandLine({ at, argv, purpose, exitCode, running }: CommandRecord): string {
  const end = running ? 'running' : `exit ${exitCode ?? 'unknown'}`;
  return `${at} ${argv.map(quoteWord).join(' ')}  # ${purpose}, ${end}`;
}

/** A word as a POSIX shell takes it. */
const quoteWord = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
