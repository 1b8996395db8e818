import type { MonitorLine } from './monitorLine.ts';
import { parseMonitorLine } from './monitorLine.ts';

/**
 * What a command may do that nobody can take back. `guest`: the guest ends or loses what it has not saved. `data`: what is
 * on a disk or in a snapshot is changed or lost. `petri`: Petri no longer knows or reaches what it believes to have. `host`:
 * something of this computer is written to, or opened to others.
 */
export interface MonitorWarning {
  readonly kind: 'guest' | 'data' | 'petri' | 'host';
  readonly says: string;
}

const warning = (kind: MonitorWarning['kind'], says: string): MonitorWarning => ({ kind, says });

const ENDS = warning('guest', 'QEMU ends at once, and the guest loses what it has not saved. Petri has its own "Kill" and "Power down".');
const RESETS = warning('guest', 'The guest starts anew and loses what it has not saved.');
const UNDERMINES = warning('petri', 'Petri reads consoles, screen and monitor through QEMU’s own lines: without this one it loses a part of the guest until the next start.');
const MIGRATES = warning('petri', 'Petri itself moves a guest’s memory this way when it takes a snapshot. A migration that it does not know of pauses or ends the guest.');
const RELAYERS = warning('petri', 'Petri keeps a disk as a chain of layers. A layer that it does not know of is lost to its snapshots, and the disk may not start again.');
const INTERNAL = warning('petri', 'Petri does not know of snapshots inside a disk: take one on the page or with "petri snapshot" instead.');
const REVERTS = warning('data', 'Memory and disks go back to the snapshot: everything since then is lost.');
const DELETES = warning('data', 'The snapshot is deleted and cannot be brought back.');
const REMOVES = warning('guest', 'The device is pulled out of the running guest.');
const RESIZES = warning('data', 'A disk that becomes smaller loses its end.');
const WRITES_DISK = warning('data', 'Commands of qemu-io may write to the guest’s disk behind its back.');
const POKES = warning('guest', 'This changes the running machine behind the guest’s back and may crash it.');
const WRITES_FILE = warning('host', 'QEMU writes a file of that name on this computer; one that is there is replaced.');
const OPENS_PORT = warning('host', 'A port is opened. Without an address it can be reached from other computers.');

const byCommand: Readonly<Record<string, MonitorWarning>> = {
  quit: ENDS, q: ENDS, 'system-reset': RESETS,
  migrate: MIGRATES, 'migrate-incoming': MIGRATES, 'migrate-pause': MIGRATES, 'migrate-recover': MIGRATES, 'migrate-continue': MIGRATES, 'migrate-start-postcopy': MIGRATES,
  'migrate-cancel': MIGRATES, 'migrate-set-capabilities': MIGRATES, 'migrate-set-parameters': MIGRATES, 'migrate-set-capability': MIGRATES, 'migrate-set-parameter': MIGRATES,
  'x-colo-lost-heartbeat': MIGRATES, 'exit-preconfig': UNDERMINES, 'x-exit-preconfig': UNDERMINES, yank: UNDERMINES, 'set-password': UNDERMINES, 'expire-password': UNDERMINES,
  'change-vnc-password': UNDERMINES, 'display-update': UNDERMINES, 'set-action': warning('petri', 'Petri decides what becomes of a guest that reboots or ends: it may be lost or kept against its settings.'),
  'snapshot-blkdev': RELAYERS, 'snapshot-blkdev-internal': INTERNAL, 'snapshot-delete-blkdev-internal': DELETES, 'blockdev-snapshot': RELAYERS, 'blockdev-snapshot-sync': RELAYERS,
  'blockdev-snapshot-internal-sync': INTERNAL, 'blockdev-snapshot-delete-internal-sync': DELETES, transaction: RELAYERS, commit: RELAYERS, 'block-commit': RELAYERS,
  'block-stream': RELAYERS, 'change-backing-file': RELAYERS, 'blockdev-reopen': RELAYERS, 'blockdev-del': RELAYERS, 'blockdev-mirror': RELAYERS, 'drive-mirror': RELAYERS,
  'x-blockdev-change': RELAYERS, 'x-blockdev-amend': RELAYERS, 'drive-del': REMOVES, 'device-del': REMOVES, 'netdev-del': REMOVES, 'object-del': REMOVES,
  savevm: INTERNAL, 'snapshot-save': INTERNAL, loadvm: REVERTS, 'snapshot-load': REVERTS, delvm: DELETES, 'snapshot-delete': DELETES,
  'block-resize': RESIZES, 'qemu-io': WRITES_DISK, o: POKES, 'qom-set': POKES, mce: POKES, nmi: POKES, 'inject-nmi': POKES, 'pcie-aer-inject-error': POKES, balloon: POKES,
  memsave: WRITES_FILE, pmemsave: WRITES_FILE, 'dump-guest-memory': WRITES_FILE, dumpdtb: WRITES_FILE, screendump: WRITES_FILE, wavcapture: WRITES_FILE, logfile: WRITES_FILE,
  'drive-backup': WRITES_FILE, 'blockdev-backup': WRITES_FILE, 'blockdev-create': WRITES_FILE, gdbserver: OPENS_PORT, 'nbd-server-start': OPENS_PORT, 'hostfwd-add': OPENS_PORT,
};

/** The lines that Petri speaks to QEMU through (core/guests/qemuArguments). */
const OWN_CHARDEV = /^(qmp|monitor|serial\d)$/;

/** What to say before a line is carried out; null for one that does no harm. */
export function monitorWarning(line: string): MonitorWarning | null {
  return warningOf(parseMonitorLine(line));
}

function warningOf(line: MonitorLine): MonitorWarning | null {
  if (line.kind === 'empty' || line.kind === 'invalid') return null;
  const [subject, ...rest] = subjectsOf(line);
  // Both monitors have most commands, one of them with `_` where the other has `-`.
  const command = line.command.replaceAll('_', '-');
  if (line.kind === 'qmp' && command === 'human-monitor-command') return monitorWarning(subject ?? '');
  if (command === 'chardev-remove' || command === 'chardev-change') return OWN_CHARDEV.test(subject ?? '') ? UNDERMINES : null;
  if (command === 'gdbserver' && subject === 'none') return null;
  if (command === 'hostfwd-add') return [subject, ...rest].some((word) => /^(tcp|udp)?:(127\.0\.0\.1):/.test(word ?? '')) ? null : OPENS_PORT;
  return byCommand[command] ?? null;
}

/** What a command is about: its words, or the values of its parameters. */
function subjectsOf(line: Extract<MonitorLine, { command: string }>): string[] {
  if (line.kind === 'hmp') return line.words.filter((word) => !word.startsWith('-'));
  return Object.values(line.parameters).map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
}
