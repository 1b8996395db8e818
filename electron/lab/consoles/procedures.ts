import { os } from '../implementer.ts';
import type { ConsolesService } from './consoles.ts';

/** The contract's `consoles`, answered by the service. */
export function consolesProcedures(consoles: ConsolesService) {
  return {
    list: os.consoles.list.handler(() => consoles.list()),
    get: os.consoles.get.handler(({ input }) => consoles.get(input.id)),
    read: os.consoles.read.handler(({ input }) => {
      const { from, bytes, marks } = consoles.read(input.id, input.from, input.bytes);
      return { from, base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'), marks };
    }),
    search: os.consoles.search.handler(({ input: { id, ...query }, signal }) => consoles.search(id, query, signal)),
    write: os.consoles.write.handler(({ input }) => consoles.write(input.id, Buffer.from(input.base64, 'base64'))),
  };
}
