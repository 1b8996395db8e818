import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { Instrument } from '../../../electron/contract/instruments.ts';
import { useAction, type Action } from '../../components/useAction.ts';
import { useLab } from '../../stores/lab.ts';
import { useTasks } from '../../stores/tasks.ts';

export interface Instruments {
  readonly all: ShallowRef<readonly Instrument[]>;
  /** Boots with and without each instrument. It is a task: the tray shows it and cancels it. */
  readonly calibrate: Action<[], void>;
  /** Also when another shell, or this page before, asked for it. */
  readonly calibrating: ComputedRef<boolean>;
}

/** The only task whose screen this is. */
const CALIBRATION_ROUTE = '/settings';

/** The instruments of this machine with what they cost, asked for again whenever a calibration has ended. */
export function useInstruments(): Instruments {
  const lab = useLab();
  const tasks = useTasks();
  const all = shallowRef<readonly Instrument[]>([]);

  async function refresh(): Promise<void> {
    try {
      all.value = await lab.client().instruments.list();
    } catch {
      // A line that is lost: the next one asks again.
    }
  }
  const calibrate = useAction(async () => {
    all.value = await lab.client().instruments.calibrate({});
  });
  const underWay = computed(() => tasks.active.some(({ route }) => route === CALIBRATION_ROUTE));
  watch(underWay, (now) => { if (!now) void refresh(); });
  onScopeDispose(lab.onSession(() => void refresh()));
  return { all, calibrate, calibrating: computed(() => underWay.value || calibrate.busy.value) };
}
