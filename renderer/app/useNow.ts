import { onScopeDispose, ref, watch, type Ref } from 'vue';

const SECOND_MS = 1_000;

/** The time of day (Unix ms) that moves each second while somebody needs it; for "elapsed" beside running work. */
export function useNow(needed: () => boolean): Ref<number> {
  const now = ref(Date.now());
  let timer: ReturnType<typeof setInterval> | null = null;
  const stop = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  watch(
    needed,
    (wanted) => {
      stop();
      now.value = Date.now();
      if (wanted) timer = setInterval(() => (now.value = Date.now()), SECOND_MS);
    },
    { immediate: true },
  );
  onScopeDispose(stop);
  return now;
}
