import { shallowRef } from 'vue';
import { explain, type Failure } from '../../electron/contract/errors.ts';

/** News of an end: something was done, deleted or failed. It is never the only record of it. */
export interface Toast {
  readonly id: number;
  readonly tone: 'good' | 'bad' | 'neutral';
  readonly text: string;
  readonly detail?: string;
  readonly action?: { readonly label: string; readonly run: () => unknown };
}

// Long enough to read two lines and to reach the button with the keyboard; the pointer or the focus on a toast stops it.
export const TOAST_MS = 10_000;
const MOST = 4;

export const toasts = shallowRef<readonly Toast[]>([]);
let next = 1;

export function showToast(toast: Omit<Toast, 'id'>): void {
  toasts.value = [...toasts.value, { ...toast, id: next++ }].slice(-MOST);
}

export function showFailure(failure: Failure): void {
  const { what, fix } = explain(failure);
  showToast({ tone: 'bad', text: what, detail: fix });
}

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}
