import { ref, watchEffect } from 'vue';
import type { Settings } from '../../electron/contract/settings.ts';

const KEY = 'petri.theme';

/** The chosen theme before the lab has said its settings, so that the first paint has the right colours. */
export function applyRememberedTheme(): void {
  const theme = localStorage.getItem(KEY);
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
}

export function applyTheme(theme: Settings['theme']): void {
  localStorage.setItem(KEY, theme);
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  updateDark();
}

const systemDark = matchMedia('(prefers-color-scheme: dark)');

/** Whether the page is dark now; charts and consoles, which draw their own colours, follow it. */
export const isDark = ref(systemDark.matches);

function updateDark(): void {
  const theme = document.documentElement.dataset['theme'];
  isDark.value = theme === undefined ? systemDark.matches : theme === 'dark';
}

systemDark.addEventListener('change', updateDark);
updateDark();

/** Follows the setting. */
export function useTheme(theme: () => Settings['theme'] | null): void {
  watchEffect(() => {
    const chosen = theme();
    if (chosen !== null) applyTheme(chosen);
  });
}
