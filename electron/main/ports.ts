import { ipcMain, MessageChannelMain, type WebFrameMain } from 'electron';
import { z } from 'zod';
import { consoleId } from '../contract/consoles.ts';
import type { Failure } from '../contract/errors.ts';
import { identifier } from '../contract/primitives.ts';
import { isFromPage } from './guards.ts';
import type { LabLink } from './labLink.ts';
import { relay } from './relay.ts';

// The same names as in preload/bridge.ts: neither side may import the other's code.
const OPEN_CHANNEL = 'petri:open';
const PORT_READY = 'petri:port';

/** A channel is `rpc`, one console from one offset, or one guest's screen; nothing else reaches the lab's socket. */
const line = z.string().max(300).refine((channel) => isConsole(channel) || isScreen(channel), 'must be "rpc", "console?id=…&from=…" or "screen?guest=…"');
export const channelName = z.union([z.literal('rpc'), line]);
const request = z.tuple([z.uuid(), channelName]);

function isConsole(channel: string): boolean {
  if (!channel.startsWith('console?')) return false;
  const query = new URLSearchParams(channel.slice('console?'.length));
  const names = [...query.keys()].sort().join();
  return names === 'from,id' && consoleId.safeParse(query.get('id')).success && /^\d{1,16}$/.test(query.get('from') ?? '');
}

function isScreen(channel: string): boolean {
  if (!channel.startsWith('screen?')) return false;
  const query = new URLSearchParams(channel.slice('screen?'.length));
  return [...query.keys()].join() === 'guest' && identifier.safeParse(query.get('guest')).success;
}

async function open(lab: LabLink, frame: WebFrameMain, id: string, channel: string): Promise<Failure | null> {
  const opened = await lab.openChannel(channel);
  if ('failure' in opened) return opened.failure;
  const { port1, port2 } = new MessageChannelMain();
  relay(port2, opened);
  frame.postMessage(PORT_READY, id, [port1]);
  return null;
}

/** Gives the page a port for each channel it asks for; a request from anywhere else, or of another form, is refused. */
export function answerPortRequests(lab: LabLink): void {
  ipcMain.handle(OPEN_CHANNEL, async (event, ...given: unknown[]) => {
    const { senderFrame } = event;
    const parsed = request.safeParse(given);
    if (senderFrame === null || !isFromPage(event) || !parsed.success) throw new Error('The request was refused.');
    return open(lab, senderFrame, ...parsed.data);
  });
}
