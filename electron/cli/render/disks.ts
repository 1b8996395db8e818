import type { Disk, DiskCheck } from '../../contract/disks.ts';
import { explain } from '../../contract/errors.ts';
import type { SnapshotTree } from '../../contract/snapshots.ts';
import { drawTree } from '../../core/snapshots/drawTree.ts';
import { formatBytes } from '../run/bytes.ts';
import { printable } from '../run/failures.ts';
import type { Paint } from '../run/terminal.ts';
import { localTime } from './times.ts';
import { renderTable } from './table.ts';

export function renderDisks(disks: readonly Disk[]): string {
  if (disks.length === 0) return 'No disks yet. Make one: petri disk create Data 1G';
  const rows = disks.map(({ id, name, format, virtualBytes, fileBytes, outside, cloneOf, guests, trouble }) => [
    id,
    printable(name),
    outside ? `${format}, outside` : format,
    formatBytes(virtualBytes),
    formatBytes(fileBytes),
    cloneOf ?? '',
    guests.map((guest) => guest.id).join(', '),
    trouble === null ? '' : explain(trouble).what,
  ]);
  return renderTable([{ title: 'disk' }, { title: 'name' }, { title: 'format' }, { title: 'size', align: 'right' }, { title: 'on disk', align: 'right' }, { title: 'clone of' }, { title: 'guests' }, { title: 'trouble' }], rows);
}

export function renderCheck({ clean, leaks, corruptions, checkErrors, output }: DiskCheck): string {
  const verdict = clean ? 'clean: nothing is wrong with it' : `${corruptions} corruptions, ${leaks} leaks, ${checkErrors} errors while checking`;
  return [verdict, ...output.map((line) => `  ${printable(line)}`)].join('\n');
}

/** The tree of a guest's snapshots, with where the guest stands. */
export function renderSnapshots({ snapshots, current, obstacles }: SnapshotTree, style: Paint): string {
  const lines = drawTree(snapshots).map(({ branches, node }) => {
    const { id, name, kind, safety, createdAt, memoryBytes, diskBytes } = node;
    const facts = [kind === 'machine' ? 'running' : 'stopped', formatBytes((memoryBytes ?? 0) + diskBytes), localTime(createdAt), ...(safety ? ['safety'] : [])];
    return `${branches}${style('bold', printable(name))}  ${style('dim', `${id}  ${facts.join(', ')}`)}${id === current ? `  ${style('green', '← the guest stands here')}` : ''}`;
  });
  const hindered = obstacles.length === 0 ? [] : ['', 'No snapshot can be taken now:', ...obstacles.map((words) => `  ${words}`)];
  return [...(lines.length === 0 ? ['No snapshots yet.'] : lines), ...hindered].join('\n');
}
