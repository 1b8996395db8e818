import { basename, join } from 'node:path';
import { loadCallNames, type CallNames } from '../../core/calls/callNames.ts';
import type { CallDecoder } from '../../core/calls/decodedCall.ts';
import { decoderOf } from '../../core/calls/decoders.ts';
import { listResources, readResource } from '../../host/storage/resources.ts';
import { describeError, type Log } from '../log.ts';

/** Which calls are common is no table of one system's numbers. */
const COMMON = 'common.yaml';

/** Reads the names of all systems once. A file that is wrong is logged and left out: it concerns its own system only. */
export function readCallDecoders(resourcesDirectory: string, log: Log): (id: string) => CallDecoder | null {
  const files = listResources(join(resourcesDirectory, 'calls'), '.yaml').filter((path) => basename(path) !== COMMON);
  const names = files.flatMap((path): CallNames[] => {
    try {
      const { file, data } = readResource(path);
      return [loadCallNames(file, data)];
    } catch (error) {
      log({ level: 'error', noun: 'calls', message: `left out ${path}`, details: describeError(error) });
      return [];
    }
  });
  return (id) => decoderOf(id, names);
}
