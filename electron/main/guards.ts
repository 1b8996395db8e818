import { session, shell, type App, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { PAGE_ORIGIN } from './pageProtocol.ts';

// Copying text is all that the page asks of the system.
const allowedPermissions: readonly string[] = ['clipboard-sanitized-write'];

/** Refuses every permission but copying, every device, and any certificate that is not in order. */
export function guardSession(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, decide, { requestingUrl }) => {
    decide(allowedPermissions.includes(permission) && isPage(requestingUrl));
  });
  defaultSession.setPermissionCheckHandler((_contents, permission, origin) => allowedPermissions.includes(permission) && isPage(origin));
  defaultSession.setDevicePermissionHandler(() => false);
}

/** Whether an address lies in the page's own origin. */
export function isPage(address: string): boolean {
  return URL.canParse(address) && address.startsWith(`${PAGE_ORIGIN}/`) || address === PAGE_ORIGIN;
}

/** Opens a link of the page in the person's browser; anything but https stays closed. */
function openOutside(address: string): void {
  if (URL.canParse(address) && new URL(address).protocol === 'https:') void shell.openExternal(address);
}

function guard(contents: WebContents): void {
  const stay = (event: { preventDefault(): void; url: string }): void => {
    if (!isPage(event.url)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-frame-navigate', (event) => { if (!isPage(event.url) && !event.url.startsWith(`blob:${PAGE_ORIGIN}/`)) event.preventDefault(); });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
}

/** Keeps every contents that is ever made inside the page's own origin, without windows and web views of its own. */
export function guardContents(app: App): void {
  app.on('web-contents-created', (_event, contents) => guard(contents));
}

/** Whether a message comes from the page's own top frame, not from a frame inside it or a page it went to. */
export function isFromPage({ senderFrame }: Pick<IpcMainInvokeEvent, 'senderFrame'>): boolean {
  return senderFrame !== null && senderFrame.parent === null && isPage(senderFrame.url);
}
