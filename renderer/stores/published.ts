import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { PublishedValue } from '../../electron/contract/published.ts';
import { useLab } from './lab.ts';

/** What was published, and this machine's own baselines. Baselines change only by what the page asks for. */
export const usePublished = defineStore('published', () => {
  const lab = useLab();
  const values = shallowRef<readonly PublishedValue[]>([]);
  /** Asked and answered, or refused: nothing more is to come by itself. */
  const isKnown = ref(false);

  lab.onSession((session) => {
    // A line that closes meanwhile is followed by another session, which asks again.
    const settled = (): void => void (isKnown.value = true);
    session.client.published.list().then((listed) => (values.value = listed), () => undefined).then(settled, settled);
  });

  async function saveBaseline(run: string, name: string): Promise<void> {
    values.value = await lab.client().published.saveBaseline({ run, name });
  }

  async function removeBaseline(run: string): Promise<void> {
    await lab.client().published.removeBaseline({ run });
    values.value = await lab.client().published.list();
  }

  return { values, isKnown, saveBaseline, removeBaseline };
});
