import { computed, shallowRef, type ComputedRef } from 'vue';
import type { Run, RunEvent, Sample } from '../../../electron/contract/measurements.ts';
import type { Report } from '../../../electron/contract/reports.ts';
import { buildReport } from '../../../electron/core/reports/buildReport.ts';
import { loadCoverage, type CoverageTable } from '../../../electron/core/statistics/statedCoverage.ts';
import { useLab } from '../../stores/lab.ts';
import { usePublished } from '../../stores/published.ts';
import { useReplica, type Replica } from '../../stores/replica.ts';
import { applyRunEvent, noRun, type LiveBoot, type RunState } from './runState.ts';

export interface FollowedRun {
  readonly replica: Replica<RunState>;
  readonly run: ComputedRef<Run | null>;
  readonly samples: ComputedRef<readonly Sample[]>;
  readonly boot: ComputedRef<LiveBoot | null>;
  /** What a report of this run would say now. Computed again for each sample, not for each phase, and not before all that it rests on is here: of a thousand boots it takes most of a second. */
  readonly report: ComputedRef<Report | null>;
  /** Puts what the lab answered to a change in place of what the stream said before. */
  readonly replace: (run: Run) => void;
}

/** Follows one run from its snapshot to its end. */
export function useRun(id: string): FollowedRun {
  const published = usePublished();
  const lab = useLab();
  const replica = useReplica<RunState, RunEvent>({
    initial: noRun,
    subscribe: (client, signal) => client.measurements.watch({ id }, { signal }),
    apply: applyRunEvent,
    ends: true,
  });
  const coverage = shallowRef<CoverageTable | null>(null);
  void import('../../../resources/statistics/coverage.json').then((file) => (coverage.value = loadCoverage('coverage.json', file.default)));
  const run = computed(() => replica.state.value.run);
  const samples = computed(() => replica.state.value.samples);
  const boot = computed(() => (run.value?.state === 'running' ? replica.state.value.boot : null));
  const report = computed(() =>
    run.value === null || coverage.value === null || !published.isKnown ? null : buildReport({ run: run.value, samples: samples.value, published: published.values, version: lab.hello?.build ?? '', coverage: coverage.value }),
  );
  const replace = (changed: Run): void => {
    replica.state.value = { ...replica.state.value, run: changed };
  };
  return { replica, run, samples, boot, report, replace };
}
