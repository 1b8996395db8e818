import { onBeforeUnmount, ref, watch, type Ref, type ShallowRef } from 'vue';

/** How wide an element is now, in whole pixels; `otherwise` before it is there. */
export function useWidth(element: Readonly<ShallowRef<Element | null>>, otherwise: number): Ref<number> {
  const width = ref(otherwise);
  const observer = new ResizeObserver(([entry]) => {
    const next = Math.round(entry?.contentRect.width ?? 0);
    if (next > 0) width.value = next;
  });
  watch(element, (now, before) => {
    if (before) observer.unobserve(before);
    if (now) observer.observe(now);
  }, { immediate: true });
  onBeforeUnmount(() => observer.disconnect());
  return width;
}
