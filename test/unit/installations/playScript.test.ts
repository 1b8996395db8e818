import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scriptStep, type ScriptStep } from '../../../electron/core/installations/installScript.ts';
import { deadlineMs, playScript, rejoin, startPlaying, type Play, type Playing, type ScriptAction, type ScriptEvent } from '../../../electron/core/installations/playScript.ts';

type StepInput = Omit<Partial<ScriptStep>, 'expect'> & Pick<ScriptStep, 'expect'>;
const play = (steps: readonly StepInput[], failures: readonly string[] = []): Play => ({
  failures,
  steps: steps.map((step, index) => scriptStep.parse({ title: `step ${index}`, limitSeconds: 10, ...step })),
});
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const serial = (text: string, atMs = 0): ScriptEvent => ({ kind: 'serial', bytes: bytes(text), atMs });

/** All that is done for a row of events, and how it stands then. */
function perform(script: Play, ...events: ScriptEvent[]): { state: Playing; actions: ScriptAction[] } {
  return events.reduce<{ state: Playing; actions: ScriptAction[] }>(
    ({ state, actions }, event) => {
      const turn = playScript(script, state, event);
      return { state: turn.state, actions: [...actions, ...turn.actions] };
    },
    { state: startPlaying(0, 0), actions: [] },
  );
}
const typed = (actions: readonly ScriptAction[]): string => actions.flatMap((action) => (action.kind === 'type' && 'text' in action.typed ? [action.typed.text] : [])).join('');
const summary = (actions: readonly ScriptAction[]): string[] => actions.map((action) => ('step' in action ? `${action.kind} ${action.step}` : action.kind));

const login = play([
  { expect: { text: 'login: ' }, send: { text: 'root\n' } },
  { expect: { pattern: '# $' }, send: { text: 'reboot\n' } },
  { expect: { end: true } },
]);

describe('a script on a serial console', () => {
  it('answers a prompt on a line that does not end, and finishes with the end of the machine', () => {
    const { state, actions } = perform(login, serial('Welcome\r\nbox login: '), serial('root\r\nbox# '), { kind: 'ended', atMs: 5 });
    expect(summary(actions)).toEqual(['met 0', 'type', 'met 1', 'type', 'met 2']);
    expect(typed(actions)).toBe('root\nreboot\n');
    expect(state.outcome).toBe('done');
  });

  it('does the same however the bytes are cut', () => {
    const text = '\u001b[2J\u001b[1mWelcome\u001b[0m\r\nbox login: root\r\n\u001b[32mbox\u001b[0m# \u001b[6n';
    const whole = perform(login, serial(text));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 7 }), { minLength: text.length, maxLength: text.length }), (sizes) => {
        const pieces: ScriptEvent[] = [];
        for (let at = 0, piece = 0; at < text.length; at += sizes[piece] ?? 1, piece += 1) pieces.push(serial(text.slice(at, at + (sizes[piece] ?? 1))));
        const cut = perform(login, ...pieces);
        expect(cut.actions).toEqual(whole.actions);
        expect(cut.state.index).toBe(whole.state.index);
        // Nothing is counted twice or lost: what is used up and what waits are together all that came.
        expect(cut.state.offset + cut.state.text.length).toBe(text.length);
      }),
    );
  });

  it('never goes back, never passes what is not optional, and types nothing after its end', () => {
    const events = fc.array(
      fc.oneof(
        fc.constantFrom('a', 'b', 'c', '\r\n', 'x').map((text) => ({ text })),
        fc.constant({ ended: true }),
        fc.integer({ min: 0, max: 60_000 }).map((wait) => ({ wait })),
      ),
      { maxLength: 60 },
    );
    const script = play([
      { expect: { text: 'a' }, send: { text: '1' } },
      { expect: { text: 'b' }, send: { text: '2' }, optional: true },
      { expect: { text: 'c' }, send: { text: '3' }, repeat: 2 },
      { expect: { end: true } },
    ]);
    fc.assert(
      fc.property(events, (drawn) => {
        let state = startPlaying(0, 0);
        let atMs = 0;
        const met: number[] = [];
        for (const one of drawn) {
          const before = state;
          if ('wait' in one) atMs += one.wait;
          const event: ScriptEvent = 'text' in one ? serial(one.text, atMs) : 'ended' in one ? { kind: 'ended', atMs } : { kind: 'time', atMs };
          const turn = playScript(script, state, event);
          state = turn.state;
          met.push(...turn.actions.flatMap((action) => (action.kind === 'met' ? [action.step] : [])));
          expect(state.index).toBeGreaterThanOrEqual(before.index);
          if (before.outcome !== 'playing') expect(turn).toEqual({ state: before, actions: [] });
        }
        expect(met).toEqual([...new Set(met)].toSorted((one, other) => one - other));
        if (met.some((step) => step > 0)) expect(met).toContain(0);
        if (state.outcome === 'done') expect(met).toEqual(expect.arrayContaining([0, 2, 3]));
      }),
    );
  });

  it('goes past an optional step when the next comes, or when its time is up', () => {
    const script = play([{ expect: { text: 'license?' }, send: { text: 'y' }, optional: true }, { expect: { text: 'disk?' }, send: { text: 'sda' } }]);
    expect(summary(perform(script, serial('disk?')).actions)).toEqual(['skipped 0', 'met 1', 'type']);
    expect(summary(perform(script, { kind: 'time', atMs: 10_000 }, serial('disk?', 11_000)).actions)).toEqual(['skipped 0', 'met 1', 'type']);
  });

  it('answers a question as often as it comes, up to its number, and then goes on', () => {
    const script = play([{ expect: { text: '--More--' }, send: { text: ' ' }, repeat: 3 }, { expect: { text: '$ ' } }]);
    expect(typed(perform(script, serial('--More--'), serial('\r--More--'), serial('\r$ ')).actions)).toBe('  ');
    expect(summary(perform(script, serial('--More----More--$ ')).actions)).toEqual(['type', 'type', 'met 0', 'met 1']);
  });

  it('fails with what was awaited and the last lines when the time is up', () => {
    const { state, actions } = perform(login, serial('Booting\r\nKernel loads\r\nNo root file system'), { kind: 'time', atMs: 9_999 }, { kind: 'time', atMs: 10_000 });
    expect(actions).toEqual([{ kind: 'fail', step: 0, awaited: '"login: "', limitSeconds: 10, lastLines: ['Booting', 'Kernel loads', 'No root file system'], why: 'late' }]);
    expect([state.outcome, deadlineMs(login, state)]).toEqual(['failed', null]);
  });

  it('fails at once with what the system says of its failure, but not with what it said before the step that came', () => {
    const script = play([{ expect: { text: 'ready' } }, { expect: { text: 'done' } }], ['^panic: .*$']);
    expect(perform(script, serial('panic: no disk\r\nready')).actions).toMatchObject([{ kind: 'fail', why: 'said so', step: 0 }]);
    expect(perform(script, serial('ready, panic: is only a word here\r\ndone')).state.outcome).toBe('done');
  });

  it('tries again what may wake a system, and boots a flaky one anew as often as is allowed', () => {
    const sleepy = play([{ expect: { text: 'login: ' }, onTimeout: { send: { text: '\n' }, times: 2 } }]);
    const late = [10_000, 20_000, 30_000].map((atMs): ScriptEvent => ({ kind: 'time', atMs }));
    expect(summary(perform(sleepy, ...late).actions)).toEqual(['type', 'type', 'fail 0']);
    const flaky = play([{ expect: { text: 'login: ' }, onTimeout: { restart: true, times: 2 } }]);
    expect(summary(perform(flaky, serial('boot 1'), ...late).actions)).toEqual(['restart', 'restart', 'fail 0']);
    // A machine that ends by itself is as flaky as one that hangs.
    const ends: ScriptEvent = { kind: 'ended', atMs: 1 };
    expect(summary(perform(flaky, ends, ends, serial('login: ')).actions)).toEqual(['restart', 'restart', 'met 0']);
    expect(perform(flaky, ends, ends, ends).actions.at(-1)).toMatchObject({ kind: 'fail', why: 'ended' });
  });

  it('keeps little of a guest that never stops printing, and still finds what comes then', () => {
    const flood = Array.from({ length: 200 }, (_, line) => serial(`line ${line} ${'x'.repeat(500)}\r\n`));
    const { state, actions } = perform(login, ...flood, serial('login: '));
    expect(summary(actions)).toEqual(['met 0', 'type']);
    expect(state.text.length).toBeLessThan(20_000);
  });
});

describe('a script on a text screen', () => {
  const screen = (lines: string[], atMs = 0): ScriptEvent => ({ kind: 'screen', lines, atMs });
  const script = play([{ expect: { text: 'name: ' }, send: { text: 'box\n' } }, { expect: { pattern: 'name: .*\\nsure\\? $' }, send: { text: 'y' } }]);

  it('sees a prompt whose last space is as empty as the screen, and does not answer it twice', () => {
    const asked = ['Installer', 'name:'];
    const { actions, state } = perform(script, screen(asked), screen(asked), screen(['Installer', 'name: box', 'sure?']));
    expect(summary(actions)).toEqual(['met 0', 'type', 'met 1', 'type']);
    expect(state.outcome).toBe('done');
  });
});

describe('a script that is handed back', () => {
  it('goes on at the first step from its own on that waits at the end of what is there', () => {
    const script = play([{ expect: { text: 'one? ' } }, { expect: { text: 'two? ' } }, { expect: { text: 'three? ' } }]);
    const at = (index: number, newest: string): number => rejoin(script, { ...startPlaying(0, 0), index }, newest, 0).index;
    expect(at(0, 'one? ')).toBe(0);
    expect(at(0, 'three? ')).toBe(2);
    expect(at(1, 'one? ')).toBe(1);
    expect(at(0, 'two? yes, and more was printed')).toBe(0);
  });
});
