import type { TracedTarget } from '../../contract/programs.ts';

/** What is watched, in words for a title. */
export function targetWords(target: TracedTarget): string {
  if (target.kind === 'command') return [target.command, ...target.args].join(' ');
  if (target.kind === 'container') return `container ${target.name}`;
  return `${target.pids.length === 1 ? 'process' : 'processes'} ${target.pids.join(', ')}`;
}

const LONGEST_NAME = 80;

/** A name that the contract takes: what a command says may have any character and any length. */
export function traceName(target: TracedTarget): string {
  const words = targetWords(target).replace(/[\u0000-\u001f\u007f\p{Bidi_Control}]+/gu, ' ').trim();
  const short = words.length > LONGEST_NAME ? `${words.slice(0, LONGEST_NAME - 1).trim()}…` : words;
  return short === '' ? 'command' : short;
}

/** The same trace once more, for a terminal. */
export function traceCommand({ target, durationSeconds, calls, runs }: { readonly target: TracedTarget; readonly durationSeconds: number | null; readonly calls: readonly string[] | null; readonly runs: number }): string {
  const options = [
    ...(durationSeconds === null ? [] : ['--duration', String(durationSeconds)]),
    ...(runs === 1 ? [] : ['--runs', String(runs)]),
    ...(calls === null ? [] : ['--calls', calls.join(',')]),
  ];
  const what = target.kind === 'command' ? ['--', target.command, ...target.args] : target.kind === 'container' ? ['--container', target.name] : ['--pid', target.pids.join(',')];
  return ['petri', 'trace', ...options, ...what].map(shellWord).join(' ');
}

/** As a shell of POSIX reads it. */
function shellWord(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
