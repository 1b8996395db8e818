import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import type { DiskFormat } from '../../contract/disks.ts';
import { newFile, removeUnfinished, type NewFile } from '../../host/disks/newFile.ts';
import { digestOfFile } from '../../host/storage/blobs.ts';
import type { DiskRoom, DiskTools } from './diskRoom.ts';
import { refuseWithoutSpace } from './makeDisks.ts';
import { sharesOf, type TaskLike } from './progress.ts';
import type { DiskRecord } from './records.ts';

/** Writes disks to files of the user's. */
export interface Exporter {
  /** Throws FILE_EXISTS and PATH_REFUSED before anything is done. */
  prepare(path: string): Promise<NewFile>;
  write(record: DiskRecord, target: NewFile, format: DiskFormat, task: TaskLike): Promise<void>;
  /** Removes what a dead lab left unfinished in folders of the user's. */
  recover(): Promise<void>;
}

export function createExporter(tools: DiskTools, room: DiskRoom): Exporter {
  const { records, qemuImg } = tools;
  return {
    prepare: newFile,
    async write(record, target, format, task) {
      const [source] = room.chain(record);
      const needed = await refuseWithoutSpace(tools, source, dirname(target.path), format);
      const id = `f${randomBytes(6).toString('hex')}`;
      // Nobody looks into the user's folders for rests, so the next lab must know of them.
      records.unfinished.put(id, { id, path: target.partial });
      try {
        await target.fill((partial) => qemuImg.convert(source, { path: partial, format }, sharesOf(task, `writing ${format}`, needed)));
        task.report({ phase: 'reading it again for its digest' });
        task.report({ phase: `SHA-256 ${await digestOfFile(target.path)}` });
      } finally {
        records.unfinished.purge(id);
      }
    },
    async recover() {
      for (const { id, path } of records.unfinished.all()) {
        await removeUnfinished(path);
        records.unfinished.purge(id);
      }
    },
  };
}
