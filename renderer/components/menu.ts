import type { Component } from 'vue';

/** One act of a menu. */
export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: Component;
  readonly shortcut?: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** Why it is disabled. */
  readonly why?: string;
  readonly run: () => unknown;
}
