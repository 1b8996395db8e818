import type { MessagePortMain } from 'electron';
import type { LabChannel } from './labLink.ts';

function asFrame(data: unknown): string | Uint8Array | null {
  if (typeof data === 'string' || data instanceof Uint8Array) return data;
  return data instanceof ArrayBuffer ? new Uint8Array(data) : null;
}

/**
 * Passes frames between a port of the page and a channel of the lab, both ways, in order and undecoded: text stays
 * text, bytes stay bytes. When one side closes, so does the other. Anything else that the page posts is dropped.
 */
export function relay(port: MessagePortMain, channel: LabChannel): void {
  port.on('message', ({ data }) => {
    const frame = asFrame(data);
    if (frame !== null) channel.send(frame);
  });
  port.on('close', () => channel.close());
  channel.onFrame((frame) => port.postMessage(frame));
  channel.onClose(() => port.close());
  port.start();
}
