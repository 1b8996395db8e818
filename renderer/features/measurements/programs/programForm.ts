import { DeclaredError } from '../../../../electron/contract/errors.ts';
import type { ProgramTrace, StartTrace, TracedTarget } from '../../../../electron/contract/programs.ts';
import { FEWEST_VALUES } from '../../../../electron/core/statistics/bootstrap.ts';

/** What the dialog asks, as it is typed. */
export interface ProgramForm {
  kind: TracedTarget['kind'];
  /** A line as for a shell, of which only quotes mean anything. */
  command: string;
  directory: string;
  pids: string;
  container: string;
  durationSeconds: number | '';
  calls: string;
  instrument: '' | 'strace' | 'bpftrace';
  runs: number;
  costs: boolean;
  name: string;
}

export function emptyProgramForm(): ProgramForm {
  return { kind: 'command', command: '', directory: '', pids: '', container: '', durationSeconds: '', calls: '', instrument: '', runs: 1, costs: true, name: '' };
}

/** What would be asked of the lab. Throws INPUT_INVALID in words for the person who types. */
export function startFromForm(form: ProgramForm): StartTrace {
  const { durationSeconds, instrument, runs, costs, name } = form;
  const calls = form.calls.split(/[\s,]+/).filter((word) => word !== '');
  if (calls.some((word) => !/^[a-z_0-9]+$/.test(word))) throw invalid('Calls are named as in Linux, with commas between them: openat, read.');
  if (form.kind !== 'command' && runs > 1 && durationSeconds === '') throw invalid('Several windows of what runs already need a duration each.');
  return {
    target: targetOf(form),
    runs,
    ...(durationSeconds === '' ? {} : { durationSeconds }),
    ...(calls.length === 0 ? {} : { calls }),
    ...(instrument === '' ? {} : { instrument }),
    ...(form.kind === 'command' && runs >= FEWEST_VALUES && !costs ? { costs } : {}),
    ...(name.trim() === '' ? {} : { name: name.trim() }),
  };
}

function targetOf({ kind, command, directory, pids, container }: ProgramForm): TracedTarget {
  if (kind === 'container') {
    if (container.trim() === '') throw invalid('Name a container of the chosen Docker Engine.');
    return { kind, name: container.trim() };
  }
  if (kind === 'processes') {
    const numbers = pids.split(/[\s,]+/).filter((word) => word !== '');
    if (numbers.length === 0 || numbers.some((word) => !/^[1-9]\d{0,8}$/.test(word))) throw invalid('A process has a number from 1 on; several have commas between them.');
    return { kind, pids: [...new Set(numbers.map(Number))] };
  }
  const [program, ...args] = splitWords(command);
  if (program === undefined || program === '') throw invalid('Say which command is run.');
  return { kind, command: program, args, ...(directory.trim() === '' ? {} : { directory: directory.trim() }) };
}

/** Words of a line: spaces part them, quotes and backslashes keep them together. Nothing is expanded: no shell is asked. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let [word, quote, isOpen] = ['', '', false];
  const letters = Array.from(line);
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters[at] ?? '';
    if (letter === '\\' && quote !== "'" && at + 1 < letters.length) {
      at += 1;
      [word, isOpen] = [word + (letters[at] ?? ''), true];
    } else if (quote !== '') {
      if (letter === quote) quote = '';
      else word += letter;
    } else if (letter === "'" || letter === '"') {
      [quote, isOpen] = [letter, true];
    } else if (/\s/.test(letter)) {
      if (isOpen) words.push(word);
      [word, isOpen] = ['', false];
    } else {
      [word, isOpen] = [word + letter, true];
    }
  }
  if (quote !== '') throw invalid(`A quote (${quote}) is not closed.`);
  return isOpen ? [...words, word] : words;
}

function invalid(message: string): DeclaredError<'INPUT_INVALID'> {
  return new DeclaredError('INPUT_INVALID', { issues: [{ path: 'trace', message }] });
}

/** The same trace once more. */
export function againFrom({ target, durationSeconds, calls, runs, name, tags, provenance, overhead }: ProgramTrace): StartTrace {
  const { instrument } = provenance;
  return {
    target, runs, durationSeconds, name, tags,
    ...(calls === null ? {} : { calls }),
    ...(instrument === 'strace' || instrument === 'bpftrace' ? { instrument } : {}),
    ...(target.kind === 'command' && runs >= FEWEST_VALUES && overhead === null ? { costs: false } : {}),
  };
}
