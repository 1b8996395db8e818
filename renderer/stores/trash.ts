import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import type { LabClient } from '../../electron/contract/contract.ts';
import type { TrashedItem } from '../../electron/contract/trash.ts';
import { useLab } from './lab.ts';

export interface TrashSource {
  readonly list: (client: LabClient) => Promise<TrashedItem[]>;
  /** The ids of what is not in the trash, as the page follows them: whatever comes or goes may come from there or go there. */
  readonly present: () => readonly string[];
}

/** What can be restored, whichever shell removed it: asked for anew after each change of what is there. */
export function useTrash({ list, present }: TrashSource): ShallowRef<readonly TrashedItem[]> {
  const lab = useLab();
  const items = shallowRef<readonly TrashedItem[]>([]);
  let asked = 0;

  async function refresh(): Promise<void> {
    const turn = (asked += 1);
    try {
      const listed = await list(lab.client());
      // An answer that a later question has overtaken would show what was.
      if (turn === asked) items.value = listed;
    } catch {
      // A line that is lost: what is present comes anew with the next one, and then this is asked again.
    }
  }

  watch(() => present().toSorted().join(' '), () => void refresh());
  // At the beginning, and with each new line: another lab may have emptied the trash.
  onScopeDispose(lab.onSession(() => void refresh()));
  return items;
}
