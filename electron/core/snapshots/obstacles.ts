import type { DiskFormat } from '../../contract/disks.ts';
import type { GuestRuntime } from '../../contract/guests.ts';

/** What decides whether a guest can be snapshotted now. */
export interface SnapshotSituation {
  readonly guest: string;
  readonly state: GuestRuntime['state'];
  /** Whether QEMU sees the files of this host. */
  readonly isLocal: boolean;
  /** Disks that the guest may write to. */
  readonly disks: readonly { readonly name: string; readonly format: DiskFormat; readonly outside: boolean; readonly trouble: string | null; readonly usedBy: readonly string[] }[];
  /** Whether a snapshot that keeps nothing will do. */
  readonly mayBeEmpty: boolean;
  /** Why QEMU cannot save this machine, in its own words (`query-migrate`, `blocked-reasons`). */
  readonly blockers: readonly string[];
}

/** QEMU's words for a mounted 9p share are "Migration is disabled when VirtFS export path '…' is mounted in the guest using mount_tag '…'". */
function blockerWords(reason: string): string {
  const tag = /VirtFS export path .* is mounted .* mount_tag '([^']*)'/.exec(reason)?.[1];
  if (tag !== undefined) return `The shared folder "${tag}" is mounted in the guest: unmount it there (umount), or stop the guest.`;
  return `QEMU cannot save this machine: ${reason}. Stop the guest to snapshot its disks alone.`;
}

function diskObstacle({ name, format, outside, trouble, usedBy }: SnapshotSituation['disks'][number]): string[] {
  if (trouble !== null) return [trouble];
  if (outside) return [`The disk ${name} is a file that is used where it is: give the guest a full clone of it, or make it read-only.`];
  if (format !== 'qcow2') return [`The disk ${name} is ${format}, which keeps no layers: convert it to qcow2.`];
  if (usedBy.length > 0) return [`The disk ${name} is in use: ${usedBy.join(', ')}.`];
  return [];
}

/** Why no snapshot can be taken now, each with the way out; none when it can. */
export function snapshotObstacles({ guest, state, isLocal, disks, mayBeEmpty, blockers }: SnapshotSituation): string[] {
  const runs = state === 'running' || state === 'paused';
  return [
    ...(state === 'starting' || state === 'stopping' ? [`${guest} is ${state}: wait until that is done.`] : []),
    ...(state === 'stopped' && disks.length === 0 && !mayBeEmpty ? [`${guest} has no disk and does not run, so there is nothing to keep: start it first.`] : []),
    ...(runs && !isLocal ? [`${guest} runs on another host, where QEMU cannot reach this lab's files: stop it to snapshot its disks alone.`] : []),
    ...disks.flatMap(diskObstacle),
    ...(runs ? blockers.map(blockerWords) : []),
  ];
}
