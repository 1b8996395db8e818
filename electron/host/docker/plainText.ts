import { PassThrough } from 'node:stream';
import type { DockerEngine } from './engine.ts';

/** Without a terminal an engine's log has a frame around each piece. */
export async function plainText(engine: DockerEngine, log: Buffer): Promise<string> {
  const [source, text] = [new PassThrough(), new PassThrough()];
  engine.docker.modem.demuxStream(source, text, text);
  let words = '';
  text.setEncoding('utf8').on('data', (part: string) => (words += part));
  const ended = new Promise((resolve) => source.once('end', resolve));
  source.end(log);
  await ended;
  return words;
}
