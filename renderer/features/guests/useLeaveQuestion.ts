import { onScopeDispose, ref, type Ref } from 'vue';
import { onBeforeRouteLeave, onBeforeRouteUpdate, type RouteLocationNormalized } from 'vue-router';

export type LeaveAnswer = 'save' | 'discard' | 'stay';

export interface LeaveQuestionOptions {
  readonly isChanged: () => boolean;
  /** Whether a place shows the same form: going there leaves nothing. */
  readonly isHere: (place: RouteLocationNormalized) => boolean;
  /** Resolves with true when everything was taken. */
  readonly save: () => Promise<boolean>;
  readonly discard: () => void;
}

export interface LeaveQuestion {
  /** Somebody wants to leave, and it is not answered yet. */
  readonly isAsked: Ref<boolean>;
  answer(answer: LeaveAnswer): Promise<void>;
}

/** Holds whoever leaves a form with changes that are not saved until it is said what becomes of them. */
export function useLeaveQuestion({ isChanged, isHere, save, discard }: LeaveQuestionOptions): LeaveQuestion {
  const isAsked = ref(false);
  let settle: ((leaves: boolean) => void) | null = null;

  function end(leaves: boolean): void {
    isAsked.value = false;
    settle?.(leaves);
    settle = null;
  }

  function ask(to: RouteLocationNormalized): boolean | Promise<boolean> {
    if (!isChanged() || isHere(to)) return true;
    end(false);
    isAsked.value = true;
    return new Promise((resolve) => (settle = resolve));
  }

  async function answer(said: LeaveAnswer): Promise<void> {
    if (!isAsked.value) return;
    // What could not be saved is shown in the form.
    const isSaved = said === 'save' && (await save());
    if (said === 'discard') discard();
    end(isSaved || said === 'discard');
  }

  onBeforeRouteLeave(ask);
  onBeforeRouteUpdate(ask);
  onScopeDispose(() => end(true));
  return { isAsked, answer };
}
