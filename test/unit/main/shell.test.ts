import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PAGE_POLICY } from '../../../electron/contract/pageFiles.ts';
import { createElectron, createFrame } from '../../support/electronStandIn.ts';

let folder: string;
let electron: ReturnType<typeof createElectron>;
const connectLab = vi.fn();
const restartLab = vi.fn();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'petri-shell-'));
  vi.resetModules();
  connectLab.mockReset();
  restartLab.mockReset();
  vi.doMock('../../../electron/client/connectLab.ts', () => ({ connectLab, restartLab }));
});

afterEach(() => {
  vi.doUnmock('electron');
  rmSync(folder, { recursive: true });
});

async function startMain(given: Partial<Parameters<typeof createElectron>[0]> = {}) {
  electron = createElectron({ userData: folder, ...given });
  vi.doMock('electron', () => electron.module);
  await import('../../../electron/main/index.ts');
  await vi.waitFor(() => expect(electron.controls.windows.length + electron.controls.said.exits.length).toBeGreaterThan(0));
  return electron.controls;
}

/** A line to a lab whose channels are event emitters. */
function connectedLab(guests: unknown[] = [], tasks: unknown[] = []) {
  const sockets: (EventEmitter & { sent: unknown[]; closedBy: number | null })[] = [];
  const shutdown = vi.fn(() => Promise.resolve());
  connectLab.mockResolvedValue({
    client: { guests: { list: () => Promise.resolve(guests) }, tasks: { list: () => Promise.resolve(tasks) }, system: { shutdown } },
    closed: new Promise(() => undefined),
    close: () => Promise.resolve(),
    openChannel: () => {
      const socket = Object.assign(new EventEmitter(), { readyState: 1, OPEN: 1, CLOSED: 3, sent: [] as unknown[], closedBy: null as number | null });
      sockets.push(socket);
      return Promise.resolve(Object.assign(socket, { send: (frame: unknown) => void socket.sent.push(frame), close: (code: number) => void (socket.closedBy = code) }));
    },
  });
  return { sockets, shutdown };
}

const id = '5f0c5f0e-6f4d-4d1c-9c39-1c5f0e6f4d1c';
const page = () => createFrame('petri://app/guests');

describe('the window', () => {
  test('is sandboxed, isolated, without Node, and shows the page of its own origin', async () => {
    const { windows, said } = await startMain();
    expect(said.sandboxed).toBe(true);
    expect(windows[0]?.options.webPreferences).toMatchObject({
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
    });
    expect(windows[0]?.options.webPreferences['preload']).toMatch(/preload[\\/]index\.cjs$/);
    expect(windows[0]?.loaded).toEqual(['petri://app/']);
  });

  test('of a second start is the one that is open already', async () => {
    const { windows } = await startMain();
    electron.module.app.emit('second-instance');
    expect(windows).toHaveLength(1);
    expect(windows[0]?.calls).toContain('focus');
  });

  test('is not opened by a second process', async () => {
    const { windows, said } = await startMain({ isFirst: false });
    expect(windows).toHaveLength(0);
    expect(said.exits).toEqual([0]);
  });

  test('comes back where it was, and where it can be seen', async () => {
    writeFileSync(join(folder, 'window.json'), JSON.stringify({ bounds: { x: 100, y: 80, width: 900, height: 640 }, maximised: true }));
    const { windows } = await startMain();
    expect(windows[0]?.options).toMatchObject({ x: 100, y: 80, width: 900, height: 640 });
    expect(windows[0]?.calls).toContain('maximize');
    windows[0]?.emit('close');
    expect(JSON.parse(readFileSync(join(folder, 'window.json'), 'utf8'))).toEqual({ bounds: { x: 40, y: 50, width: 1_000, height: 700 }, maximised: true });
  });

  test.each(['{"bounds":{"x":9000,"y":0,"width":900,"height":640},"maximised":false}', 'not JSON', '{}'])('has its first size when its place is %s', async (state) => {
    writeFileSync(join(folder, 'window.json'), state);
    const { windows } = await startMain();
    expect(windows[0]?.options).toMatchObject({ width: 1_280, height: 800 });
  });
});

describe('the guards', () => {
  test.each(['will-navigate', 'will-redirect', 'will-frame-navigate'])('%s stays in the page', async (event) => {
    const { windows } = await startMain();
    const prevented = (url: string): boolean => {
      const preventDefault = vi.fn();
      windows[0]?.webContents.emit(event, { url, preventDefault });
      return preventDefault.mock.calls.length > 0;
    };
    expect(prevented('petri://app/reports')).toBe(false);
    for (const url of ['https://example.org/', 'file:///etc/passwd', 'petri://other/', 'petri://app.example.org/', 'javascript:alert(1)', 'data:text/html,x', 'nonsense']) expect(prevented(url), url).toBe(true);
  });

  test('refuse windows and web views; an https link opens outside, nothing else does', async () => {
    const { windows, said } = await startMain();
    const contents = windows[0]?.webContents;
    for (const url of ['https://example.org/', 'file:///etc/passwd', 'http://example.org/', 'smb://host/', 'nonsense']) expect(contents?.openHandler?.({ url })).toEqual({ action: 'deny' });
    expect(said.openedOutside).toEqual(['https://example.org/']);
    const preventDefault = vi.fn();
    contents?.emit('will-attach-webview', { preventDefault });
    expect(preventDefault).toHaveBeenCalledOnce();
  });

  test('give no permission but copying text, and that to the page alone', async () => {
    const { said } = await startMain();
    const asked = (permission: string, requestingUrl: string): boolean | undefined => {
      let allowed: boolean | undefined;
      said.permission?.(null, permission, (answer) => (allowed = answer), { requestingUrl });
      return allowed;
    };
    expect(asked('clipboard-sanitized-write', 'petri://app/')).toBe(true);
    expect(asked('clipboard-sanitized-write', 'https://example.org/')).toBe(false);
    for (const permission of ['media', 'geolocation', 'clipboard-read', 'usb', 'openExternal']) expect(asked(permission, 'petri://app/'), permission).toBe(false);
    expect(said.permissionCheck?.(null, 'clipboard-sanitized-write', 'petri://app')).toBe(true);
    expect(said.permissionCheck?.(null, 'media', 'petri://app')).toBe(false);
    expect(said.device?.()).toBe(false);
  });
});

describe('the page', () => {
  test('has a secure origin of its own and no way around its policy', async () => {
    const { said } = await startMain();
    expect(said.schemes).toEqual([{ scheme: 'petri', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]);
  });

  test('is served from its folder and from nowhere else', async () => {
    const directory = join(folder, 'renderer');
    mkdirSync(directory);
    writeFileSync(join(directory, 'index.html'), '<p>page</p>');
    writeFileSync(join(directory, 'a b.js'), '1');
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    const { controls } = electron = createElectron({ userData: folder });
    vi.doMock('electron', () => electron.module);
    const { servePage } = await import('../../../electron/main/pageProtocol.ts');
    servePage(directory);
    const fetched = async (url: string, method?: string) => {
      const response = await controls.fetch(url, method);
      return [response?.status, response?.headers.get('content-type'), await response?.text()];
    };
    expect(await fetched('petri://app/')).toEqual([200, 'text/html; charset=utf-8', '<p>page</p>']);
    expect(await fetched('petri://app/guests/a')).toEqual([200, 'text/html; charset=utf-8', '<p>page</p>']);
    expect(await fetched('petri://app/a%20b.js')).toEqual([200, 'text/javascript; charset=utf-8', '1']);
    for (const url of ['petri://app/..%2fsecret.txt', 'petri://app/%2e%2e/secret.txt', 'petri://app/..%5csecret.txt', 'petri://app/a%00.js', 'petri://app/%E0%A4%A.js', 'petri://other/index.html', 'petri://app/absent.js']) {
      expect((await fetched(url))[0], url).toBe(404);
    }
    expect((await fetched('petri://app/', 'POST'))[0]).toBe(404);
    expect((await controls.fetch('petri://app/'))?.headers.get('content-security-policy')).toBe(PAGE_POLICY);
  });
});

describe('a channel', () => {
  test('is handed to the page as a port that relays text and bytes both ways, undecoded and in order', async () => {
    const { sockets } = connectedLab();
    const { invoke } = await startMain();
    const frame = page();
    expect(await invoke(frame, 'petri:open', id, 'rpc')).toBeNull();
    const [handed] = frame.posted;
    expect(handed).toMatchObject({ channel: 'petri:port', message: id });
    const port = handed?.ports[0];
    const received: unknown[] = [];
    port?.on('message', (data: unknown) => received.push(data));
    sockets[0]?.emit('message', Buffer.from('{"a":1}'), false);
    sockets[0]?.emit('message', Buffer.from([0, 255, 13]), true);
    await vi.waitFor(() => expect(received).toEqual(['{"a":1}', new Uint8Array([0, 255, 13])]));
    port?.postMessage('text');
    port?.postMessage(new Uint8Array([7, 8]));
    port?.postMessage({ neither: true });
    port?.postMessage(new Uint8Array([9]).buffer);
    await vi.waitFor(() => expect(sockets[0]?.sent).toEqual(['text', new Uint8Array([7, 8]), new Uint8Array([9])]));
    port?.close();
    await vi.waitFor(() => expect(sockets[0]?.closedBy).toBe(1_000));
  });

  test('closes in the page when the lab closes it', async () => {
    const { sockets } = connectedLab();
    const { invoke } = await startMain();
    const frame = page();
    await invoke(frame, 'petri:open', id, 'screen?guest=a-1');
    await invoke(frame, 'petri:open', id, 'console?id=guest%2Fa%2Fserial0&from=0');
    const closed = new Promise((resolve) => frame.posted[0]?.ports[0]?.on('close', resolve));
    sockets[0]?.emit('close');
    await closed;
  });

  test.each([
    ['another page', createFrame('https://example.org/'), [id, 'rpc']],
    ['a frame inside the page', createFrame('petri://app/', createFrame('petri://app/')), [id, 'rpc']],
    ['a frame that is gone', null, [id, 'rpc']],
    ['an unknown channel', page(), [id, 'metrics']],
    ['a console that is none', page(), [id, 'console?id=../../etc&from=0']],
    ['a console with another parameter', page(), [id, 'console?id=guest%2Fa%2Fserial0&from=0&token=x']],
    ['an offset that is none', page(), [id, 'console?id=guest%2Fa%2Fserial0&from=-1']],
    ['a screen of no guest', page(), [id, 'screen?guest=']],
    ['a screen that leads elsewhere', page(), [id, 'screen?guest=..%2Fa']],
    ['a screen with another parameter', page(), [id, 'screen?guest=a&token=x']],
    ['two guests', page(), [id, 'screen?guest=a&guest=b']],
    ['a name that is no identifier', page(), ['x', 'rpc']],
    ['more than was asked for', page(), [id, 'rpc', 'more']],
    ['nothing', page(), []],
  ])('is refused to %s', async (_who, frame, args) => {
    connectedLab();
    const { invoke, channels } = await startMain();
    await expect(invoke(frame, 'petri:open', ...args)).rejects.toThrow('refused');
    expect(connectLab).not.toHaveBeenCalled();
    expect(channels()).toEqual(['petri:open']);
  });

  test('that cannot be opened says why, and the next try connects anew', async () => {
    const { DeclaredError } = await import('../../../electron/contract/errors.ts');
    connectLab.mockRejectedValueOnce(new DeclaredError('LAB_START_FAILED', { logPath: '/log', logTail: 'boom' }));
    const { invoke } = await startMain();
    expect(await invoke(page(), 'petri:open', id, 'rpc')).toEqual({ code: 'LAB_START_FAILED', details: { logPath: '/log', logTail: 'boom' } });
    connectedLab();
    expect(await invoke(page(), 'petri:open', id, 'rpc')).toBeNull();
  });

  test.each([[0, 1], [1, 0]])('to a lab of another version asks first (answer %i)', async (answer, restarts) => {
    const { DeclaredError } = await import('../../../electron/contract/errors.ts');
    connectLab.mockRejectedValue(new DeclaredError('VERSION_MISMATCH', { labContract: 1, shellContract: 2, labBuild: 'a', shellBuild: 'b' }));
    restartLab.mockRejectedValue(new DeclaredError('LAB_UNREACHABLE', { socket: '/s', reason: 'test' }));
    const { invoke, said } = await startMain({ answer });
    const refused = (await invoke(page(), 'petri:open', id, 'rpc')) as { code: string };
    expect(said.questions[0]?.buttons).toEqual(['Restart the lab', 'Cancel']);
    expect(restartLab).toHaveBeenCalledTimes(restarts);
    expect(refused.code).toBe(restarts === 1 ? 'LAB_UNREACHABLE' : 'VERSION_MISMATCH');
  });
});

describe('quitting', () => {
  const running = { definition: { name: 'My guest' }, runtime: { state: 'running' } };
  const stopped = { definition: { name: 'Other' }, runtime: { state: 'stopped' } };
  const task = { title: 'Boots of my guest', state: 'running', phase: 'boot 3' };

  async function quit(answer: number, guests: unknown[], tasks: unknown[]) {
    const lab = connectedLab(guests, tasks);
    const { invoke, said } = await startMain({ answer });
    await invoke(page(), 'petri:open', id, 'rpc');
    electron.module.app.quit();
    // An impatient second one, while the question is open.
    electron.module.app.quit();
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    return { said, ...lab };
  }

  test('lists what runs and lets it run', async () => {
    const { said, shutdown } = await quit(0, [running, stopped], [task]);
    expect(said.questions).toHaveLength(1);
    expect(said.questions[0]?.detail).toBe('My guest: running\nBoots of my guest: boot 3');
    expect(shutdown).not.toHaveBeenCalled();
    expect(said.exits).toEqual([0]);
  });

  test('powers down when the person says so', async () => {
    const { said, shutdown } = await quit(1, [running], []);
    expect(shutdown).toHaveBeenCalledWith({ guests: 'powerDown' });
    expect(said.exits).toEqual([0]);
  });

  test('is given up when the person cancels', async () => {
    const { said } = await quit(2, [running], []);
    expect(said.exits).toEqual([]);
  });

  test('asks nothing when nothing runs', async () => {
    const { said } = await quit(0, [stopped], []);
    expect(said.questions).toEqual([]);
    expect(said.exits).toEqual([0]);
  });

  test('by closing the last window asks nothing and stops nothing', async () => {
    const { shutdown } = connectedLab([running], []);
    const { said } = await startMain();
    electron.module.app.emit('window-all-closed');
    expect(said.exits).toEqual(process.platform === 'darwin' ? [] : [0]);
    expect(said.questions).toEqual([]);
    expect(shutdown).not.toHaveBeenCalled();
  });
});

describe('the menu', () => {
  test('names commands of the page and registers no key twice', async () => {
    const { said, windows } = await startMain();
    const items = (said.menu ?? []).flatMap(({ submenu }) => submenu as { label?: string; click?: () => void; accelerator?: string; registerAccelerator?: boolean }[]);
    items.find(({ label }) => label === 'Measurements')?.click?.();
    expect(windows[0]?.webContents.sent).toEqual([['petri:menu', 'go-measurements']]);
    for (const item of items.filter(({ label, accelerator }) => accelerator !== undefined && label !== 'Quit')) expect(item.registerAccelerator, item.label).toBe(false);
  });
});
