import { os } from '../implementer.ts';
import type { DisksService } from './disks.ts';

export function disksProcedures(service: DisksService) {
  const { disks } = os;
  return {
    list: disks.list.handler(() => service.list()),
    get: disks.get.handler(({ input }) => service.get(input.id)),
    create: disks.create.handler(({ input }) => service.create(input.name, input.bytes)),
    import: disks.import.handler(({ input }) => service.import(input.name, input.source, input.inPlace)),
    export: disks.export.handler(({ input }) => service.export(input.id, input.path, input.format)),
    rename: disks.rename.handler(({ input }) => service.rename(input.id, input.name, input.notes)),
    resize: disks.resize.handler(({ input }) => service.resize(input.id, input.bytes, input.shrink)),
    compact: disks.compact.handler(({ input }) => service.compact(input.id)),
    convert: disks.convert.handler(({ input }) => service.convert(input.id, input.format)),
    check: disks.check.handler(({ input, signal }) => service.check(input.id, signal)),
    repair: disks.repair.handler(({ input }) => service.repair(input.id)),
    clone: disks.clone.handler(({ input }) => service.clone(input.id, input.name, input.kind)),
    digest: disks.digest.handler(({ input, signal }) => service.digest(input.id, signal)),
    remove: disks.remove.handler(({ input }) => service.remove(input.id)),
    restore: disks.restore.handler(({ input }) => service.restore(input.id)),
    purge: disks.purge.handler(({ input }) => service.purge(input.id)),
    trash: disks.trash.handler(() => service.trash()),
    watch: disks.watch.handler(({ signal }) => service.watch(signal)),
  };
}
