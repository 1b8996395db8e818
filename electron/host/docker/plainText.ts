import { beginFrames, readFrames } from '../../core/containers/frames.ts';

/** The text of a log of a container without a terminal, both of its outputs in their order. */
export function plainText(log: Buffer): string {
  return Buffer.concat(readFrames(beginFrames, log).pieces.map(({ bytes }) => bytes)).toString('utf8');
}
