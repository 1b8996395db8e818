import { os } from '../implementer.ts';
import type { ProgramsService } from './programs.ts';

export function programsProcedures(service: ProgramsService) {
  return {
    tracers: os.programs.tracers.handler(() => service.tracers()),
    start: os.programs.start.handler(({ input }) => service.start(input)),
    cancel: os.programs.cancel.handler(({ input }) => service.cancel(input.id)),
    list: os.programs.list.handler(() => service.list()),
    get: os.programs.get.handler(({ input }) => service.get(input.id)),
    watch: os.programs.watch.handler(({ input, signal }) => service.watch(input.id, signal)),
    watchList: os.programs.watchList.handler(({ signal }) => service.watchList(signal)),
    annotate: os.programs.annotate.handler(({ input: { id, name, notes, tags } }) =>
      service.annotate(id, { ...(name !== undefined && { name }), ...(notes !== undefined && { notes }), ...(tags !== undefined && { tags }) }),
    ),
    remove: os.programs.remove.handler(({ input }) => service.remove(input.id)),
    restore: os.programs.restore.handler(({ input }) => service.restore(input.id)),
    trash: os.programs.trash.handler(() => service.trash()),
    evidence: os.programs.evidence.handler(({ input, signal }) => service.evidence({ ...input, signal })),
    compare: os.programs.compare.handler(({ input }) => service.compare(input.a, input.b)),
    export: os.programs.export.handler(({ input }) => service.export(input.id, input.format)),
  };
}
