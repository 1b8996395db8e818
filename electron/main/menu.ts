import { app, BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron';

const MENU_COMMAND = 'petri:menu';

/** The page has each command in its palette too; the menu only names it. */
function command(label: string, name: string, accelerator?: string): MenuItemConstructorOptions {
  const click = (): void => BrowserWindow.getAllWindows()[0]?.webContents.send(MENU_COMMAND, name);
  return accelerator === undefined ? { label, click } : { label, accelerator, click };
}

/** What stands in the menu of the window. Keys that the page handles itself are shown and not registered twice. */
export function menuTemplate(platform: NodeJS.Platform): MenuItemConstructorOptions[] {
  const shown = (item: MenuItemConstructorOptions): MenuItemConstructorOptions => ({ ...item, registerAccelerator: false });
  const screens = ['Home', 'Guests', 'Measurements', 'Reports', 'Settings'];
  return [
    ...(platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&Lab',
      submenu: [
        shown(command('Measure a boot…', 'measure-boot', 'CommandOrControl+Shift+M')),
        { type: 'separator' },
        { label: 'Close window', role: 'close' },
        // Quitting asks what to do with what runs; closing the window never does.
        { label: 'Quit', accelerator: 'CommandOrControl+Q', click: () => app.quit() },
      ],
    },
    { label: '&Edit', submenu: [{ role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }] },
    {
      label: '&Go',
      submenu: [
        shown(command('Command palette', 'palette', 'CommandOrControl+K')),
        { type: 'separator' },
        shown(command('Tasks', 'tasks.toggle', 'CommandOrControl+J')),
        ...screens.map((screen, at) => shown(command(screen, `go-${screen.toLowerCase()}`, `CommandOrControl+${at + 1}`))),
      ],
    },
    { label: '&View', submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { type: 'separator' }, { role: 'togglefullscreen' }] },
    { label: '&Help', submenu: [shown(command('Copy diagnostics', 'copy-diagnostics')), { role: 'about' }] },
  ];
}

export function installMenu(): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform)));
}
