 
const reply = /^\u001b(?:\[(?:[?>=]?[\d;]*[cnRy]|\?[\d;]*\$y|[IO]$)|P|\])/;

/**
 * True for what a terminal answers by itself (cursor position, device attributes). While an old part of the log is
 * shown again its questions are old too, and an answer would be typed into the guest.
 */
export function isTerminalReply(data: string): boolean {
  return reply.test(data);
}
