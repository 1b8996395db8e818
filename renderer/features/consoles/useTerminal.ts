import { FitAddon } from '@xterm/addon-fit';
import { WebglAddon } from '@xterm/addon-webgl';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { matchesShortcut } from '../../components/shortcuts.ts';
import { isLeave } from './leaveKey.ts';
import { documentWithStrictStyles } from './strictStyles.ts';
import { terminalTheme } from './terminalTheme.ts';

// The newest lines; older ones are in the log view.
const SCROLLBACK_LINES = 5_000;
const FONT_SIZE = 13;
const FONT_FAMILY = "'JetBrains Mono Variable', ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace";

export interface TerminalOptions {
  readonly isDark: boolean;
  readonly screenReaderMode: boolean;
  readonly leave: () => void;
  readonly find: () => void;
}

/** True where WebGL is drawn by a GPU; a software one is slower than the terminal's own HTML. */
function hasFastWebgl(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  const names = gl?.getExtension('WEBGL_debug_renderer_info');
  if (!gl || !names) return false;
  return !/swiftshader|llvmpipe|software/i.test(String(gl.getParameter(names.UNMASKED_RENDERER_WEBGL)));
}

function drawWithWebgl(terminal: Terminal): void {
  if (!hasFastWebgl()) return;
  const webgl = new WebglAddon();
  // The GPU may be taken away; the terminal then draws HTML again.
  webgl.onContextLoss(() => webgl.dispose());
  terminal.loadAddon(webgl);
}

/** Keys that the page keeps for itself while the console has the focus; the others belong to the guest. */
function keepKeys(terminal: Terminal, options: TerminalOptions): (event: KeyboardEvent) => boolean {
  return (event) => {
    if (event.type !== 'keydown') return true;
    if (isLeave(event)) {
      event.preventDefault();
      options.leave();
      return false;
    }
    if (matchesShortcut(event, 'Mod+F')) {
      event.preventDefault();
      options.find();
      return false;
    }
    if (event.ctrlKey && event.shiftKey && event.code === 'KeyC' && terminal.hasSelection()) {
      event.preventDefault();
      void navigator.clipboard.writeText(terminal.getSelection());
      return false;
    }
    // Changing the screen and Command shortcuts reach the page.
    return !(event.metaKey || (event.ctrlKey && /^[1-9]$/.test(event.key)));
  };
}

export interface OpenTerminal {
  readonly terminal: Terminal;
  readonly fit: () => void;
  readonly dispose: () => void;
}

/** Opens a terminal in an element; it follows the element's size until it is disposed. */
export async function openTerminal(element: HTMLElement, options: TerminalOptions): Promise<OpenTerminal> {
  // The cell is measured once; with the fallback font still in use every column would be wrong.
  await document.fonts.load(`${FONT_SIZE}px 'JetBrains Mono Variable'`);
  const terminal = new Terminal({
    fontFamily: FONT_FAMILY, fontSize: FONT_SIZE, lineHeight: 1.2, scrollback: SCROLLBACK_LINES, cursorBlink: false, convertEol: false,
    screenReaderMode: options.screenReaderMode, theme: terminalTheme(options.isDark), documentOverride: documentWithStrictStyles(document),
  });
  const fitting = new FitAddon();
  terminal.loadAddon(fitting);
  terminal.open(element);
  drawWithWebgl(terminal);
  terminal.attachCustomKeyEventHandler(keepKeys(terminal, options));
  const fit = (): void => {
    if (element.clientHeight > 0) fitting.fit();
  };
  fit();
  const observer = new ResizeObserver(fit);
  observer.observe(element);
  return {
    terminal,
    fit,
    dispose: () => {
      observer.disconnect();
      terminal.dispose();
    },
  };
}
