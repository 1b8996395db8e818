/** What is there to show the app with. */
export interface Surroundings {
  /** Electron's program, or why there is none. */
  readonly electron: { readonly program: string; readonly from: string } | { readonly missing: string };
  readonly browser: string | null;
  /** Why no window can be shown, or null where one can. */
  readonly noDisplay: string | null;
}

export type Shell =
  | { readonly kind: 'electron'; readonly program: string; readonly why: string }
  | { readonly kind: 'browser'; readonly program: string; readonly why: string }
  | { readonly kind: 'address'; readonly why: string };

/** Electron where it is there, else a browser's app window, else an address to open elsewhere. */
export function chooseShell({ electron, browser, noDisplay }: Surroundings): Shell {
  if (noDisplay !== null) return { kind: 'address', why: `only the address, because ${noDisplay}` };
  if ('program' in electron) return { kind: 'electron', program: electron.program, why: `Electron from ${electron.from}` };
  if (browser !== null) return { kind: 'browser', program: browser, why: `${browser} in app mode, because ${electron.missing}` };
  return { kind: 'address', why: `only the address, because ${electron.missing} and no Chromium is installed` };
}

/** Why no window can be shown on this platform, or null. */
export function missingDisplay(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): string | null {
  if (platform === 'darwin' || platform === 'win32') return null;
  const named = (name: string): boolean => (environment[name] ?? '') !== '';
  return named('DISPLAY') || named('WAYLAND_DISPLAY') ? null : 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)';
}
