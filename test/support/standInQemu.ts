import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const qemus = ['qemu-system-i386', 'qemu-system-x86_64', 'qemu-system-arm', 'qemu-system-aarch64'];

/** What a stand-in does when it is to run a machine; it is a shell script, so it may start children too. */
export interface StandIn {
  readonly version?: string;
  readonly accelerators?: readonly string[];
  /** Shell commands in place of QEMU's work; its arguments are "$@". */
  readonly run: string;
}

function script({ version = 'QEMU emulator version 8.2.0 (stand-in)', accelerators = ['tcg'], run }: StandIn): string {
  const help = ['Accelerators supported in QEMU binary:', ...accelerators].map((line) => `echo '${line}'`).join('; ');
  return `#!/bin/sh
case "$*" in
  --version) echo '${version}'; exit 0 ;;
  '-accel help') ${help}; exit 0 ;;
esac
${run}
`;
}

/** Puts programs under QEMU's names into a new folder below `directory` and answers it: a search path. */
export function installStandIn(directory: string, standIn: StandIn, names: readonly string[] = qemus): string {
  const folder = join(directory, 'bin');
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), script(standIn), { mode: 0o755 });
  return folder;
}

/** A monitor that greets and answers nothing, on the socket that the arguments name. */
export const hangingMonitor = `
path=$(printf '%s\\n' "$@" | sed -n 's/^socket,id=qmp,path=\\([^,]*\\),.*/\\1/p')
exec "${process.execPath}" -e '
  require("node:net").createServer((socket) => {
    socket.on("error", () => {});
    socket.write(JSON.stringify({ QMP: {} }) + "\\n");
  }).listen(process.argv[1]);
' "$path"`;
