// Runs in the sandbox beside the page. It passes on requests for ports, names of menu commands and paths of dropped files, nothing else.
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { MENU_COMMAND, OPEN_CHANNEL, PORT_READY, type PetriBridge } from './bridge.ts';

ipcRenderer.on(PORT_READY, (event, id: string) => {
  window.postMessage({ petriPort: id }, window.location.origin, [...event.ports]);
});

const bridge: PetriBridge = {
  shell: 'electron',
  open: (id, channel) => ipcRenderer.invoke(OPEN_CHANNEL, id, channel),
  onMenuCommand: (listener) => {
    ipcRenderer.on(MENU_COMMAND, (_event, command: string) => listener(command));
  },
  pathOf: (file) => webUtils.getPathForFile(file),
};

contextBridge.exposeInMainWorld('petri', bridge);
