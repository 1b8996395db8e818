import type { ReadStream, WriteStream } from 'node:tty';

/** DECTCEM and the alternate screen of xterm (ctlseqs), which every terminal of today has. */
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_TO_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
const CTRL_C = 0x03;

/** The whole terminal, drawn over; what was on it comes back when it is closed. */
export interface Screen {
  readonly width: number;
  /** Shows these lines from the top; those that do not fit below are cut off. */
  draw(text: string): void;
  close(): void;
}

/** Takes the terminal until `close`. `leave` is called when the person presses q or Ctrl-C. */
export function openScreen(out: WriteStream, keyboard: ReadStream, leave: () => void): Screen {
  const press = (bytes: Buffer): void => {
    if (bytes.includes(CTRL_C) || bytes.includes('q') || bytes.includes('Q')) leave();
  };
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    process.off('exit', close);
    keyboard.off('data', press);
    if (keyboard.isTTY) {
      keyboard.setRawMode(false);
      keyboard.pause();
    }
    out.write(LEAVE);
  };
  out.write(ENTER);
  // A second signal ends the program at once, and the terminal is to be given back then, too.
  process.on('exit', close);
  if (keyboard.isTTY) {
    keyboard.setRawMode(true);
    keyboard.on('data', press);
  }
  return {
    get width() {
      return out.columns;
    },
    draw(text) {
      const lines = text.split('\n');
      const shown = lines.length <= out.rows ? lines : [...lines.slice(0, out.rows - 1), `… ${lines.length - out.rows + 1} more`];
      if (open) out.write(HOME + shown.map((line) => line + CLEAR_TO_LINE_END).join('\r\n') + CLEAR_BELOW);
    },
    close,
  };
}
