import { os } from '../implementer.ts';
import type { SnapshotsService } from './snapshots.ts';

export function snapshotsProcedures(service: SnapshotsService) {
  const { snapshots } = os;
  return {
    tree: snapshots.tree.handler(({ input }) => service.tree(input.guest)),
    take: snapshots.take.handler(({ input }) => service.take(input.guest, input.name, input.notes)),
    revert: snapshots.revert.handler(({ input }) => service.revert(input.id)),
    rename: snapshots.rename.handler(({ input }) => service.rename(input.id, input.name, input.notes)),
    remove: snapshots.remove.handler(({ input }) => service.remove(input.id)),
    restore: snapshots.restore.handler(({ input }) => service.restore(input.id)),
    trash: snapshots.trash.handler(({ input }) => service.trash(input.guest)),
    screenshot: snapshots.screenshot.handler(({ input }) => service.screenshot(input.id)),
    verify: snapshots.verify.handler(({ input, signal }) => service.verify(input.id, signal)),
    watch: snapshots.watch.handler(({ input, signal }) => service.watch(input.guest, signal)),
  };
}
