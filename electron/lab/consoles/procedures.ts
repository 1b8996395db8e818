import { os } from '../implementer.ts';
import type { ConsolesService } from './consoles.ts';
import type { Logins } from './logins.ts';
import type { Sessions } from './sessions.ts';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');

/** The contract's `consoles`, answered by the logs, what is opened beside them, and the key. */
export function consolesProcedures(consoles: ConsolesService, sessions: Sessions, logins: Logins) {
  return {
    list: os.consoles.list.handler(() => consoles.list()),
    get: os.consoles.get.handler(({ input }) => consoles.get(input.id)),
    watch: os.consoles.watch.handler(({ input, signal }) => sessions.watch(input.guest, signal)),
    read: os.consoles.read.handler(({ input }) => {
      const { from, bytes, marks } = consoles.read(input.id, input.from, input.bytes);
      return { from, base64: base64(bytes), marks };
    }),
    search: os.consoles.search.handler(({ input: { id, ...query }, signal }) => consoles.search(id, query, signal)),
    write: os.consoles.write.handler(({ input }) => consoles.write(input.id, Buffer.from(input.base64, 'base64'))),
    open: os.consoles.open.handler(({ input }) => sessions.open(input)),
    close: os.consoles.close.handler(({ input }) => sessions.close(input.id)),
    resize: os.consoles.resize.handler(({ input }) => sessions.resize(input.id, input.columns, input.rows)),
    command: os.consoles.command.handler(({ input }) => sessions.command(input.guest, input.line)),
    complete: os.consoles.complete.handler(async ({ input }) => {
      const { from, words, help } = await sessions.complete(input.guest, input.line);
      return { from, words: [...words], help };
    }),
    export: os.consoles.export.handler(({ input }) => {
      const { bytes, next } = consoles.export(input.id, input.format, input.from);
      return { base64: base64(bytes), next };
    }),
    sshKey: os.consoles.sshKey.handler(() => logins.key()),
  };
}
