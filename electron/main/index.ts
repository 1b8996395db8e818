// The window of Petri. The lab is another process and outlives it; here are windows, menus, dialogs and guards.
import { app, dialog } from 'electron';
import { join } from 'node:path';
import type { Failure } from '../contract/errors.ts';
import { registerPageScheme, servePage } from './pageProtocol.ts';
import { guardContents, guardSession } from './guards.ts';
import { createLabLink, restartQuestion } from './labLink.ts';
import { installMenu } from './menu.ts';
import { answerPortRequests } from './ports.ts';
import { askBeforeQuitting } from './quitting.ts';
import { focusWindow, openWindow } from './window.ts';

async function askToRestart(failure: Failure): Promise<boolean> {
  const { message, detail } = restartQuestion(failure);
  const buttons = ['Restart the lab', 'Cancel'];
  const { response } = await dialog.showMessageBox({ type: 'question', title: 'Petri', message, detail, buttons, defaultId: 0, cancelId: 1, noLink: true });
  return response === 0;
}

const programs = join(import.meta.dirname, '..');

registerPageScheme();
app.enableSandbox();
guardContents(app);

if (app.requestSingleInstanceLock()) {
  const lab = createLabLink(askToRestart);
  app.on('second-instance', focusWindow);
  app.on('activate', () => void openWindow(join(programs, 'preload/index.cjs')));
  // A closed window stops nothing, so nothing is asked; "Quit" in the menu lists what runs.
  app.on('window-all-closed', () => { if (process.platform !== 'darwin') app.exit(0); });
  askBeforeQuitting(lab);
  answerPortRequests(lab);
  await app.whenReady();
  guardSession();
  servePage(join(programs, 'renderer'));
  installMenu();
  await openWindow(join(programs, 'preload/index.cjs'));
} else {
  app.exit(0);
}
