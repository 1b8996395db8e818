import { app, BrowserWindow, nativeTheme } from 'electron';
import { join } from 'node:path';
import { PAGE_ORIGIN } from './pageProtocol.ts';
import { keepWindowState, readWindowState } from './windowState.ts';

const SMALLEST = { minWidth: 720, minHeight: 480 };

/** Opens the window, or brings it to the front when it is open. */
export async function openWindow(preload: string): Promise<void> {
  if (BrowserWindow.getAllWindows().length > 0) {
    focusWindow();
    return;
  }
  const statePath = join(app.getPath('userData'), 'window.json');
  const { bounds, maximised } = readWindowState(statePath);
  const window = new BrowserWindow({
    ...bounds,
    ...SMALLEST,
    title: 'Petri',
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181c' : '#ffffff',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  if (maximised) window.maximize();
  keepWindowState(window, statePath);
  window.once('ready-to-show', () => window.show());
  await window.loadURL(`${PAGE_ORIGIN}/`);
}

/** Brings the open window to the front: a second start of the app means this. */
export function focusWindow(): void {
  const [window] = BrowserWindow.getAllWindows();
  if (window === undefined) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
