import { screen, type BrowserWindow, type Rectangle } from 'electron';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const stored = z.object({
  bounds: z.object({ x: z.number().int(), y: z.number().int(), width: z.number().int().min(200), height: z.number().int().min(200) }),
  maximised: z.boolean(),
});

export interface WindowState {
  /** Without a position the system chooses one. */
  readonly bounds: Pick<Rectangle, 'width' | 'height'> & Partial<Rectangle>;
  readonly maximised: boolean;
}

const FIRST: WindowState = { bounds: { width: 1280, height: 800 }, maximised: false };
// So much of the window must lie on a display for a hand to find it.
const VISIBLE_PIXELS = 100;

function overlaps(bounds: Rectangle, area: Rectangle): boolean {
  const width = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  const height = Math.min(bounds.y + bounds.height, area.y + area.height) - Math.max(bounds.y, area.y);
  return width >= VISIBLE_PIXELS && height >= VISIBLE_PIXELS;
}

/** Where the window was last time, unless that display is gone or the file cannot be read. */
export function readWindowState(path: string): WindowState {
  try {
    const state = stored.parse(JSON.parse(readFileSync(path, 'utf8')));
    const visible = screen.getAllDisplays().some(({ workArea }) => overlaps(state.bounds, workArea));
    return visible ? state : FIRST;
  } catch {
    // No file yet, or one that another version wrote: the first size is always right.
    return FIRST;
  }
}

/** Writes the window's place when it closes. */
export function keepWindowState(window: BrowserWindow, path: string): void {
  window.on('close', () => {
    const state: WindowState = { bounds: window.getNormalBounds(), maximised: window.isMaximized() };
    try {
      writeFileSync(`${path}.new`, JSON.stringify(state));
      renameSync(`${path}.new`, path);
    } catch {
      // A place that is not remembered must not keep the window from closing.
    }
  });
}
