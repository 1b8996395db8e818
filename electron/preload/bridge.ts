/** The names of the messages between preload and main. Main answers them from the page's own frame only. */
export const OPEN_CHANNEL = 'petri:open';
export const PORT_READY = 'petri:port';
export const MENU_COMMAND = 'petri:menu';

/** What `window.petri` is in the page. */
export interface PetriBridge {
  readonly shell: 'electron';
  /**
   * Asks for one channel of the lab: `rpc`, `console?id=…&from=…`, or `screen?guest=…`. The port follows as a `message` event of the
   * window itself with `{ petriPort: id }`, because a port cannot pass the bridge. Resolves with null, or with the
   * failure (a code and its details) for which there is no port.
   */
  open(id: string, channel: string): Promise<unknown>;
  /** Calls back with the name of each command that is chosen in the menu of the window. */
  onMenuCommand(listener: (command: string) => void): void;
  /** Where a file that a person dropped or chose lies, so that the lab can read it; empty for what is no file. */
  pathOf(file: File): string;
}
