import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import type { LogLine, LogReader } from './logReader.ts';

export interface LogPosition {
  readonly lines: Ref<readonly LogLine[]>;
  /** True while the newest line is shown and new ones are followed. */
  readonly atEnd: Ref<boolean>;
  readonly top: Ref<number>;
  moveBy(lines: number): void;
  moveTo(offset: number): void;
  moveToEnd(): void;
}

/**
 * Where a view of a long log stands. Moves are done one after the other, and moves that wait are joined, so that fast
 * scrolling never queues up.
 */
export function useLogPosition(reader: LogReader, range: () => { first: number; end: number }, rows: () => number): LogPosition {
  const lines = shallowRef<readonly LogLine[]>([]);
  const top = ref(range().first);
  const following = ref(true);
  let waitingLines = 0;
  let waitingTarget: { offset: number } | 'end' | null = null;
  let busy = false;

  async function step(): Promise<void> {
    const target = waitingTarget;
    const by = waitingLines;
    waitingTarget = null;
    waitingLines = 0;
    if (target === 'end') following.value = true;
    else if (target !== null) await goTo(target.offset);
    if (by < 0) await goUp(-by);
    if (by > 0 && !following.value) await goDown(by);
    if (following.value) top.value = await reader.startBefore(range().end, rows());
    lines.value = await reader.linesFrom(top.value, rows() + 1);
  }

  async function goTo(offset: number): Promise<void> {
    following.value = false;
    top.value = await reader.startOf(Math.min(Math.max(offset, range().first), Math.max(range().first, range().end - 1)));
  }

  async function goUp(count: number): Promise<void> {
    following.value = false;
    top.value = await reader.startBefore(top.value, count);
  }

  async function goDown(count: number): Promise<void> {
    const passed = await reader.linesFrom(top.value, count + rows());
    following.value = passed.length < count + rows();
    top.value = passed[count]?.offset ?? top.value;
  }

  async function work(): Promise<void> {
    if (busy) return;
    busy = true;
    try {
      do await step();
      while (waitingLines !== 0 || waitingTarget !== null);
    } catch {
      // The line to the lab is lost: what is shown stays, and the next move reads again.
    } finally {
      busy = false;
    }
  }

  watch([() => range().end, rows], () => void work());

  return {
    lines,
    top,
    atEnd: computed(() => following.value),
    moveBy(count) {
      waitingLines += count;
      void work();
    },
    moveTo(offset) {
      waitingTarget = { offset };
      void work();
    },
    moveToEnd() {
      waitingTarget = 'end';
      void work();
    },
  };
}
