import { computed, onScopeDispose, type Ref, ref, toValue, watch } from 'vue';
import type { RunFilter } from '../../../electron/contract/measurements.ts';
import { useAnswer } from '../../stores/answer.ts';
import { useMeasurements } from '../../stores/measurements.ts';

export const PAGE_RUNS = 100;

/** What is asked of the list; '' does not filter. */
export interface ListQuestion {
  text: string;
  kind: NonNullable<RunFilter['kind']> | '';
  state: NonNullable<RunFilter['state']> | '';
  guest: string;
  tag: string;
  order: NonNullable<RunFilter['order']>;
}

// Each letter would ask the lab: a pause as short as between two letters spares most of it.
const TYPING_PAUSE_MS = 150;

/** One page of the list of runs, asked for again whenever the list changes anywhere. */
export function useRunPages() {
  const measurements = useMeasurements();
  const question = ref<ListQuestion>({ text: '', kind: '', state: '', guest: '', tag: '', order: 'newest' });
  const text = settled(() => question.value.text);
  const offset = ref(0);

  const filter = computed((): RunFilter => {
    const { kind, state, guest, tag, order } = question.value;
    const words = text.value.trim();
    return { order, offset: offset.value, limit: PAGE_RUNS, ...(words === '' ? {} : { text: words }), ...(kind === '' ? {} : { kind }), ...(state === '' ? {} : { state }), ...(guest === '' ? {} : { guest }), ...(tag === '' ? {} : { tag }) };
  });
  const answer = useAnswer(() => {
    // The newest of the list come with each change of it, whoever made it.
    toValue(() => measurements.runs);
    const asked = filter.value;
    return (client) => client.measurements.find(asked);
  });
  const total = computed(() => answer.value.value?.total ?? 0);
  const isFiltered = computed(() => Object.entries(filter.value).some(([name]) => !['order', 'offset', 'limit'].includes(name)));

  watch([text, () => ({ ...question.value, text: '' })], (now, before) => {
    if (JSON.stringify(now) !== JSON.stringify(before)) offset.value = 0;
  });
  // The last run of the last page may go.
  watch(total, (most) => {
    if (answer.value.value !== null && offset.value >= most) offset.value = Math.max(0, Math.floor((most - 1) / PAGE_RUNS) * PAGE_RUNS);
  });
  return { question, offset, answer, total, isFiltered };
}

function settled(read: () => string): Ref<string> {
  const value = ref(read());
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(read, (next) => {
    clearTimeout(timer);
    timer = setTimeout(() => (value.value = next), TYPING_PAUSE_MS);
  });
  onScopeDispose(() => clearTimeout(timer));
  return value;
}
