// Page, preload, main and lab in one line: all of them real, only Electron itself is a stand-in.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CONTRACT_VERSION } from '../../../electron/contract/version.ts';
import type { PetriBridge } from '../../../electron/preload/bridge.ts';
import { createElectron, createFrame } from '../../support/electronStandIn.ts';

let folder: string;
let electron: ReturnType<typeof createElectron>;

/** The window of the page, as far as preload and page use it. */
class PageWindow extends EventTarget {
  readonly location = { origin: 'petri://app' };
  postMessage = (data: unknown, origin: string, ports: unknown[]): void => {
    if (origin === this.location.origin) this.dispatchEvent(Object.assign(new Event('message'), { data, ports, source: this }));
  };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'petri-hand-over-'));
  vi.resetModules();
  vi.stubEnv('PETRI_DATA', join(folder, 'data'));
  vi.stubEnv('PETRI_IDLE_SECONDS', '1');
  vi.stubGlobal('window', new PageWindow());
  electron = createElectron({ userData: folder });
  vi.doMock('electron', () => electron.module);
});

afterEach(() => {
  vi.doUnmock('electron');
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** The page's frame: what main posts to it arrives in preload, with the ports. */
function pageFrame() {
  const frame = createFrame('petri://app/');
  frame.postMessage = (channel, message, ports = []) => void electron.module.ipcRenderer.emit(channel, { ports: ports.map(({ port }) => port) }, message);
  return frame;
}

async function startShell(): Promise<PetriBridge> {
  const frame = pageFrame();
  electron.module.ipcRenderer.invoke = (channel, ...args) => electron.controls.invoke(frame, channel, ...args);
  await import('../../../electron/main/index.ts');
  await import('../../../electron/preload/index.ts');
  return electron.controls.said.exposed['petri'] as PetriBridge;
}

test('the page talks to the lab through preload and main', async () => {
  const bridge = await startShell();
  expect(Object.keys(electron.controls.said.exposed)).toEqual(['petri']);
  expect(Object.keys(bridge).sort()).toEqual(['onMenuCommand', 'open', 'pathOf', 'shell']);
  const { openThroughBridge, portTransport } = await import('../../../renderer/transport/portTransport.ts');
  const transport = portTransport((channel) => openThroughBridge(bridge, channel), 'electron');
  const { client, close, closed } = await transport.openRpc();
  const hello = await client.system.hello({ contract: CONTRACT_VERSION, build: 'development', shell: 'electron' });
  expect(hello.dataDirectory).toBe(join(folder, 'data'));
  expect(await client.settings.get()).toMatchObject({ theme: 'system' });

  // A subscription streams through the same port, in both directions of its life.
  const watching = await client.settings.watch();
  await watching.next();
  await client.settings.update({ theme: 'dark' });
  expect((await watching.next()).value).toMatchObject({ theme: 'dark' });
  await watching.return(undefined);

  await expect(openThroughBridge(bridge, 'console?id=guest%2Fabsent%2Fserial0&from=0').then((port) => new Promise((resolve) => port.addEventListener('close', resolve)))).resolves.toBeDefined();
  await client.system.shutdown({ guests: 'kill' });
  await closed;
  close();
});

test('a menu command arrives in the page by its name', async () => {
  const bridge = await startShell();
  const heard: string[] = [];
  bridge.onMenuCommand((command) => heard.push(command));
  electron.module.ipcRenderer.emit('petri:menu', {}, 'palette');
  expect(heard).toEqual(['palette']);
});
