import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import type { Calibration, CalibrationEvent } from '../../../electron/contract/calibrations.ts';
import { useLab } from '../../stores/lab.ts';

export interface FollowedCalibration {
  readonly live: ShallowRef<Calibration | null>;
  /** Follows one to its end; following it twice is following it once. */
  readonly follow: (id: string) => void;
}

/** The calibration that is under way, row by row. `ended` is told when its stream ends, with it or with the line. */
export function followCalibration(apply: (before: Calibration | null, event: CalibrationEvent) => Calibration | null, ended: () => void): FollowedCalibration {
  const lab = useLab();
  const live = shallowRef<Calibration | null>(null);
  const lifetime = new AbortController();
  let followed: string | null = null;

  async function read(id: string): Promise<void> {
    try {
      for await (const event of await lab.client().calibrations.watch({ id }, { signal: lifetime.signal })) {
        if (lifetime.signal.aborted) return;
        live.value = apply(live.value?.id === id ? live.value : null, event);
      }
    } catch {
      // A line that is lost: the list is asked for with the next one, and says whether it still runs.
    } finally {
      followed = null;
      if (!lifetime.signal.aborted) ended();
    }
  }
  onScopeDispose(() => lifetime.abort());
  return {
    live,
    follow(id) {
      if (followed === id) return;
      followed = id;
      void read(id);
    },
  };
}
