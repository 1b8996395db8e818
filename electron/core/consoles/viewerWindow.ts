import { UNACKNOWLEDGED_BYTES } from '../../contract/consoles.ts';

/** Where a viewer stands: it was sent everything before `sent` and has shown everything before `acknowledged`. */
export interface ViewerWindow {
  readonly sent: number;
  readonly acknowledged: number;
}

export function openWindow(from: number): ViewerWindow {
  return { sent: from, acknowledged: from };
}

/** How many more bytes may be sent now. */
export function allowance({ sent, acknowledged }: ViewerWindow): number {
  return Math.max(0, UNACKNOWLEDGED_BYTES - (sent - acknowledged));
}

/** Bytes up to `end` were sent. A gap that was skipped counts as acknowledged, since nobody can show it. */
export function afterSending(window: ViewerWindow, offset: number, end: number): ViewerWindow {
  return { sent: end, acknowledged: window.acknowledged + (offset - window.sent) };
}

/** An acknowledgement can neither go back nor run ahead of what was sent. */
export function afterAcknowledging(window: ViewerWindow, offset: number): ViewerWindow {
  return { sent: window.sent, acknowledged: Math.min(window.sent, Math.max(window.acknowledged, offset)) };
}
