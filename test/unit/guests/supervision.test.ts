import { describe, expect, test } from 'vitest';
import type { RestartPolicy } from '../../../electron/contract/guests.ts';
import { backOffMs, supervise, unsupervised, type Supervision, type SupervisionEvent } from '../../../electron/core/guests/supervision.ts';

/** A guest under a policy, with a clock that only the test moves. */
function watched(when: RestartPolicy['when'], attempts: number | null = null) {
  let now = 1_000_000;
  let state: Supervision = unsupervised;
  const tell = (event: SupervisionEvent): Supervision => (state = supervise(state, event, { when, attempts }, now));
  return {
    tell,
    wait: (milliseconds: number) => void (now += milliseconds),
    /** How long until the policy starts it again, or null. */
    delay: () => (state.nextAtMs === null ? null : state.nextAtMs - now),
    /** The policy's own start, when its time has come, and a crash soon after. */
    restartAndCrash(afterMs = 100) {
      now = state.nextAtMs ?? now;
      tell({ type: 'started', by: 'policy' });
      now += afterMs;
      tell({ type: 'ended', how: 'crashed' });
    },
    state: () => state,
  };
}

const crashed = { type: 'ended', how: 'crashed' } as const;
const started = { type: 'started', by: 'user' } as const;

describe('what a policy makes of an end', () => {
  test.each([
    ['no', 'crashed', null], ['no', 'poweredDown', null], ['on-failure', 'crashed', 1_000], ['on-failure', 'lost', 1_000], ['on-failure', 'poweredDown', null],
    ['always', 'poweredDown', 1_000], ['always', 'crashed', 1_000], ['unless-stopped', 'poweredDown', 1_000], ['unless-stopped', 'crashed', 1_000],
  ] as const)('%s after "%s": %s', (when, how, delay) => {
    const guest = watched(when);
    guest.tell(started);
    guest.tell({ type: 'ended', how });
    expect(guest.delay()).toBe(delay);
  });

  test.each(['always', 'unless-stopped', 'on-failure'] as const)('%s leaves a guest alone that the user stopped', (when) => {
    const guest = watched(when);
    guest.tell(started);
    guest.tell({ type: 'stopAsked' });
    guest.tell({ type: 'ended', how: 'killed' });
    expect(guest.delay()).toBeNull();
  });
});

test('the wait doubles with each restart in a row, to a minute', () => {
  const guest = watched('always');
  guest.tell(started);
  guest.tell(crashed);
  const delays = Array.from({ length: 9 }, () => {
    const delay = guest.delay();
    guest.restartAndCrash();
    return delay;
  });
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  expect(guest.state().count).toBe(9);
  expect(backOffMs(10_000)).toBe(60_000);
});

test('a run that lasted ten seconds begins a new row, and the user begins a new count', () => {
  const guest = watched('on-failure', 2);
  guest.tell(started);
  guest.tell(crashed);
  guest.restartAndCrash();
  expect(guest.delay()).toBe(2_000);
  guest.restartAndCrash(10_000);
  expect(guest.delay()).toBe(1_000);
  expect(guest.state()).toMatchObject({ count: 2, inRow: 0 });
  guest.tell(started);
  expect(guest.state()).toMatchObject({ count: 0, inRow: 0, nextAtMs: null });
});

test('on-failure gives up after so many attempts in a row', () => {
  const guest = watched('on-failure', 2);
  guest.tell(started);
  guest.tell(crashed);
  guest.restartAndCrash();
  expect(guest.delay()).not.toBeNull();
  guest.restartAndCrash();
  expect(guest.delay()).toBeNull();
  guest.tell({ type: 'labBegan', autostart: false, lastEnd: 'crashed' });
  expect(guest.delay()).toBeNull();
});

test('a guest that waits is let be when its policy becomes "no"', () => {
  const waiting = { ...unsupervised, started: true, nextAtMs: 2_000 };
  expect(supervise(waiting, { type: 'policyChanged' }, { when: 'no', attempts: null }, 1_000).nextAtMs).toBeNull();
  expect(supervise(waiting, { type: 'policyChanged' }, { when: 'always', attempts: null }, 1_000).nextAtMs).toBe(2_000);
});

test('a start of the policy that did not come off counts as an attempt', () => {
  const guest = watched('on-failure', 2);
  guest.tell(started);
  guest.tell(crashed);
  guest.tell({ type: 'startFailed' });
  expect(guest.delay()).toBe(2_000);
  guest.tell({ type: 'startFailed' });
  expect(guest.delay()).toBeNull();
});

describe('when a lab begins', () => {
  const began = (lastEnd: 'killed' | 'lost' | 'poweredDown' | null, autostart = false) => ({ type: 'labBegan', autostart, lastEnd }) as const;

  test.each([['always', 0], ['unless-stopped', null], ['on-failure', null], ['no', null]] as const)('%s and a guest that the user stopped: %s', (when, delay) => {
    const guest = watched(when);
    guest.tell(started);
    guest.tell({ type: 'stopAsked' });
    guest.tell({ type: 'ended', how: 'killed' });
    guest.tell(began('killed'));
    expect(guest.delay()).toBe(delay);
  });

  test.each([['always', 0], ['unless-stopped', 0], ['on-failure', 0], ['no', null]] as const)('%s and a guest that was lost: %s', (when, delay) => {
    const guest = watched(when);
    guest.tell(started);
    guest.tell(began('lost'));
    expect(guest.delay()).toBe(delay);
  });

  test('a guest that was never started is started by autostart alone', () => {
    const guest = watched('always');
    guest.tell(began(null));
    expect(guest.delay()).toBeNull();
    guest.tell(began(null, true));
    expect(guest.delay()).toBe(0);
  });
});
