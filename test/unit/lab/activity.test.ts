import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createActivity } from '../../../electron/lab/activity.ts';

describe('the activity of a lab', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('counts who holds it, and a release counts once', () => {
    const activity = createActivity();
    const release = activity.hold('client');
    activity.hold('guest');
    expect(activity.counts()).toEqual({ client: 1, guest: 1, task: 0 });
    release();
    release();
    expect(activity.counts()).toEqual({ client: 0, guest: 1, task: 0 });
    expect(activity.idle).toBe(false);
  });

  it('tells of idleness once nobody has held it for the time, whoever left last', () => {
    const activity = createActivity();
    const idle = vi.fn();
    activity.onIdle(60_000, idle);
    vi.advanceTimersByTime(59_000);
    const [client, task] = [activity.hold('client'), activity.hold('task')];
    vi.advanceTimersByTime(600_000);
    client();
    vi.advanceTimersByTime(600_000);
    expect(idle).not.toHaveBeenCalled();
    task();
    vi.advanceTimersByTime(59_999);
    expect(idle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(idle).toHaveBeenCalledTimes(1);
  });

  it('is idle from the start when nobody comes', () => {
    const idle = vi.fn();
    createActivity().onIdle(1_000, idle);
    vi.advanceTimersByTime(1_000);
    expect(idle).toHaveBeenCalledTimes(1);
  });

  it('leaves no timer behind when nobody listens any more', () => {
    const stop = createActivity().onIdle(1_000, vi.fn());
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
