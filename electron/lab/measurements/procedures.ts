import { os } from '../implementer.ts';
import type { MeasurementsService } from './measurements.ts';

export function measurementsProcedures(service: MeasurementsService) {
  return {
    start: os.measurements.start.handler(({ input }) => service.start(input)),
    resume: os.measurements.resume.handler(({ input }) => service.resume(input.id)),
    cancel: os.measurements.cancel.handler(({ input }) => service.cancel(input.id)),
    list: os.measurements.list.handler(() => service.list()),
    find: os.measurements.find.handler(({ input }) => service.find(input)),
    series: os.measurements.series.handler(({ input }) => service.series(input)),
    trend: os.measurements.trend.handler(({ input }) => service.trend(input.guest, input.metric)),
    exportFolder: os.measurements.exportFolder.handler(({ input }) => service.exportFolder(input.folder, input.runs)),
    importFolder: os.measurements.importFolder.handler(({ input }) => service.importFolder(input.folder)),
    get: os.measurements.get.handler(({ input }) => service.get(input.id)),
    annotate: os.measurements.annotate.handler(({ input: { id, name, notes, tags } }) =>
      service.annotate(id, { ...(name !== undefined && { name }), ...(notes !== undefined && { notes }), ...(tags !== undefined && { tags }) }),
    ),
    remove: os.measurements.remove.handler(({ input }) => service.remove(input.id)),
    restore: os.measurements.restore.handler(({ input }) => service.restore(input.id)),
    trash: os.measurements.trash.handler(() => service.trash()),
    outlook: os.measurements.outlook.handler(({ input }) => service.outlook(input.guest)),
    evidence: os.measurements.evidence.handler(({ input, signal }) => service.evidence({ ...input, signal })),
    diff: os.measurements.diff.handler(({ input, signal }) => service.diff(input.a, input.b, signal)),
    loads: os.measurements.loads.handler(({ input }) => service.loads(input.guest)),
    phaseTables: os.measurements.phaseTables.handler(() => service.phaseTables()),
    watch: os.measurements.watch.handler(({ input, signal }) => service.watch(input.id, signal)),
    watchList: os.measurements.watchList.handler(({ signal }) => service.watchList(signal)),
  };
}
