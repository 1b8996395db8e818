import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';

type Handler = (event: object, ...given: unknown[]) => unknown;

/** Electron's port of the main process over Node's: the same events, and started by hand. */
class PortOfMain extends EventEmitter {
  readonly port: MessagePort;

  constructor(port: MessagePort) {
    super();
    this.port = port;
    port.on('close', () => this.emit('close'));
  }

  start(): void {
    this.port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }));
  }

  postMessage(data: unknown): void {
    this.port.postMessage(data);
  }

  close(): void {
    this.port.close();
  }
}

export interface StandInFrame {
  url: string;
  parent: StandInFrame | null;
  posted: { channel: string; message: unknown; ports: MessagePort[] }[];
  postMessage(channel: string, message: unknown, ports?: PortOfMain[]): void;
}

export function createFrame(url: string, parent: StandInFrame | null = null): StandInFrame {
  const posted: StandInFrame['posted'] = [];
  return { url, parent, posted, postMessage: (channel, message, ports = []) => posted.push({ channel, message, ports: ports.map(({ port }) => port) }) };
}

export interface StandInContents extends EventEmitter {
  sent: unknown[][];
  openHandler: ((details: { url: string }) => { action: string }) | null;
  send(...message: unknown[]): void;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void;
}

function createContents(): StandInContents {
  const contents = new EventEmitter() as StandInContents;
  contents.sent = [];
  contents.openHandler = null;
  contents.send = (...message) => void contents.sent.push(message);
  contents.setWindowOpenHandler = (handler) => void (contents.openHandler = handler);
  return contents;
}

export interface WindowOptions {
  readonly width: number;
  readonly height: number;
  readonly webPreferences: Readonly<Record<string, unknown>>;
}

export interface StandInWindow extends EventEmitter {
  readonly options: WindowOptions;
  readonly webContents: StandInContents;
  readonly loaded: string[];
  readonly calls: string[];
}

type PermissionHandler = (contents: null, permission: string, decide: (allowed: boolean) => void, details: { requestingUrl: string }) => void;

/** Everything that Petri's main and preload ask of Electron, remembered so that a test can look at it. */
export function createElectron(given: { readonly userData: string; readonly isFirst?: boolean; readonly answer?: number }) {
  const windows: StandInWindow[] = [];
  const handlers = new Map<string, Handler>();
  const protocolHandlers = new Map<string, (request: Request) => Promise<Response>>();
  const said = {
    schemes: [] as { scheme: string; privileges: Record<string, boolean> }[],
    sandboxed: false,
    exits: [] as number[],
    openedOutside: [] as string[],
    questions: [] as { message: string; detail?: string; buttons: string[] }[],
    menu: null as readonly { label?: string; role?: string; submenu?: unknown }[] | null,
    permission: null as PermissionHandler | null,
    permissionCheck: null as ((contents: null, permission: string, origin: string) => boolean) | null,
    device: null as (() => boolean) | null,
    exposed: {} as Record<string, unknown>,
  };

  const app = Object.assign(new EventEmitter(), {
    enableSandbox: () => void (said.sandboxed = true),
    requestSingleInstanceLock: () => given.isFirst ?? true,
    whenReady: () => Promise.resolve(),
    getPath: () => given.userData,
    exit: (code: number) => void said.exits.push(code),
    quit: () => void app.emit('before-quit', { preventDefault: () => undefined }),
  });

  class BrowserWindow extends EventEmitter implements StandInWindow {
    readonly webContents = createContents();
    readonly loaded: string[] = [];
    readonly calls: string[] = [];
    readonly options: WindowOptions;

    constructor(options: WindowOptions) {
      super();
      this.options = options;
      windows.push(this);
      app.emit('web-contents-created', {}, this.webContents);
    }

    static getAllWindows = (): StandInWindow[] => windows;
    loadURL = (url: string): Promise<void> => Promise.resolve(void this.loaded.push(url));
    show = (): void => void this.calls.push('show');
    focus = (): void => void this.calls.push('focus');
    restore = (): void => void this.calls.push('restore');
    maximize = (): void => void this.calls.push('maximize');
    isMinimized = (): boolean => false;
    isMaximized = (): boolean => true;
    getNormalBounds = () => ({ x: 40, y: 50, width: 1_000, height: 700 });
  }

  class MessageChannelMain {
    readonly port1: PortOfMain;
    readonly port2: PortOfMain;

    constructor() {
      const { port1, port2 } = new MessageChannel();
      this.port1 = new PortOfMain(port1);
      this.port2 = new PortOfMain(port2);
    }
  }

  const ipcRenderer = Object.assign(new EventEmitter(), {
    invoke: (channel: string, ...args: unknown[]) => controls.invoke(createFrame('petri://app/'), channel, ...args),
  });

  const module = {
    app,
    BrowserWindow,
    MessageChannelMain,
    ipcRenderer,
    ipcMain: { handle: (channel: string, handler: Handler) => void handlers.set(channel, handler) },
    protocol: {
      registerSchemesAsPrivileged: (schemes: typeof said.schemes) => void said.schemes.push(...schemes),
      handle: (scheme: string, handler: (request: Request) => Promise<Response>) => void protocolHandlers.set(scheme, handler),
    },
    session: {
      defaultSession: {
        setPermissionRequestHandler: (handler: PermissionHandler) => void (said.permission = handler),
        setPermissionCheckHandler: (handler: NonNullable<typeof said.permissionCheck>) => void (said.permissionCheck = handler),
        setDevicePermissionHandler: (handler: () => boolean) => void (said.device = handler),
      },
    },
    shell: { openExternal: (url: string) => Promise.resolve(void said.openedOutside.push(url)) },
    dialog: {
      showMessageBox: (question: (typeof said.questions)[number]) => {
        said.questions.push(question);
        return Promise.resolve({ response: given.answer ?? 0 });
      },
    },
    Menu: { buildFromTemplate: (template: NonNullable<typeof said.menu>) => template, setApplicationMenu: (menu: typeof said.menu) => void (said.menu = menu) },
    nativeTheme: { shouldUseDarkColors: false },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1_920, height: 1_080 } }] },
    webUtils: { getPathForFile: (file: File) => `/dropped/${file.name}` },
    contextBridge: { exposeInMainWorld: (name: string, value: unknown) => void (said.exposed[name] = value) },
  };

  const controls = {
    windows,
    said,
    /** Calls a handler of the main process as a frame of the page would. */
    invoke: (frame: StandInFrame | null, channel: string, ...args: unknown[]): Promise<unknown> => {
      const handler = handlers.get(channel);
      if (handler === undefined) return Promise.reject(new Error(`no handler for ${channel}`));
      return Promise.resolve(handler({ senderFrame: frame, sender: {} }, ...args));
    },
    channels: () => [...handlers.keys()],
    fetch: (url: string, method = 'GET') => protocolHandlers.get('petri')?.(new Request(url, { method })),
  };
  return { module, controls };
}
