import { describe, expect, test } from 'vitest';
import type { ProgramTrace, ProgramTraceEvent } from '../../../electron/contract/programs.ts';
import type { Sample } from '../../../electron/contract/measurements.ts';
import { againFrom, emptyProgramForm, splitWords, startFromForm, type ProgramForm } from '../../../renderer/features/measurements/programs/programForm.ts';
import { applyProgramEvent, noProgram } from '../../../renderer/features/measurements/programs/programState.ts';

const form = (more: Partial<ProgramForm>): ProgramForm => ({ ...emptyProgramForm(), ...more });

describe('the dialog for a trace', () => {
  test('takes a line apart as a shell would, and expands nothing', () => {
    expect(splitWords(`sh -c 'a "b" $HOME' "c d" e\\ f '' *.txt`)).toEqual(['sh', '-c', 'a "b" $HOME', 'c d', 'e f', '', '*.txt']);
    expect(splitWords('  ')).toEqual([]);
    expect(() => splitWords("sh -c 'open")).toThrow();
  });

  test('asks for what is filled in, and nothing else', () => {
    expect(startFromForm(form({ command: 'ls -l' }))).toEqual({ target: { kind: 'command', command: 'ls', args: ['-l'] }, runs: 1 });
    expect(startFromForm(form({ command: 'make', directory: '/src ', runs: 5, costs: false, calls: 'read, write', instrument: 'strace', name: ' Build ' }))).toEqual({
      target: { kind: 'command', command: 'make', args: [], directory: '/src' }, runs: 5, costs: false, calls: ['read', 'write'], instrument: 'strace', name: 'Build',
    });
    // Costs are a matter of a command with runs enough.
    expect(startFromForm(form({ kind: 'processes', pids: '12, 13 12', durationSeconds: 2, runs: 5, costs: false }))).toEqual({ target: { kind: 'processes', pids: [12, 13] }, runs: 5, durationSeconds: 2 });
    expect(startFromForm(form({ kind: 'container', container: ' web ' })).target).toEqual({ kind: 'container', name: 'web' });
  });

  test('refuses what cannot be watched', () => {
    const wrong: Partial<ProgramForm>[] = [{}, { command: "'" }, { kind: 'processes', pids: '0' }, { kind: 'processes' }, { kind: 'container' }, { command: 'ls', calls: 'read;rm' }, { kind: 'processes', pids: '1', runs: 2 }];
    for (const more of wrong) expect(() => startFromForm(form(more)), JSON.stringify(more)).toThrow();
  });

  test('asks for the same once more', () => {
    const trace = { target: { kind: 'command', command: 'ls', args: [] }, durationSeconds: 3, calls: ['read'], runs: 5, name: 'Listing', tags: ['a'], provenance: { instrument: 'strace' }, overhead: null } as unknown as ProgramTrace;
    expect(againFrom(trace)).toEqual({ target: trace.target, durationSeconds: 3, calls: ['read'], runs: 5, name: 'Listing', tags: ['a'], instrument: 'strace', costs: false });
  });
});

test('a trace that is followed shows progress until its sample comes, and each sample once', () => {
  const trace = { id: 'trace-1', state: 'running' } as ProgramTrace;
  const sample = { index: 0 } as Sample;
  const events: ProgramTraceEvent[] = [{ type: 'snapshot', trace, samples: [] }, { type: 'progress', index: 0, withInstrument: true, elapsedNs: 5, traceBytes: 7 }];
  const going = events.reduce(applyProgramEvent, noProgram);
  expect(going.progress).toMatchObject({ traceBytes: 7 });
  const ended = ([{ type: 'sample', sample }, { type: 'sample', sample }, { type: 'trace', trace: { ...trace, state: 'done' } }] as ProgramTraceEvent[]).reduce(applyProgramEvent, going);
  expect([ended.progress, ended.samples.length, ended.trace?.state]).toEqual([null, 1, 'done']);
});
