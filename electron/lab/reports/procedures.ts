import { os } from '../implementer.ts';
import type { ReportsService } from './reports.ts';

export function reportsProcedures(service: ReportsService) {
  const { imported } = service;
  return {
    get: os.reports.get.handler(({ input }) => service.get(input.run)),
    render: os.reports.render.handler(({ input }) => service.render(input.run, input.format, input.evidence)),
    renderComparison: os.reports.renderComparison.handler(({ input }) => service.renderComparison(input.runs, input.format)),
    renderCampaign: os.reports.renderCampaign.handler(({ input }) => service.renderCampaign(input.campaign, input.format)),
    importReport: os.reports.importReport.handler(({ input }) => imported.add(input.fileName, input.base64)),
    imported: os.reports.imported.handler(() => imported.list()),
    getImported: os.reports.getImported.handler(({ input }) => imported.get(input.id)),
    importedEvidence: os.reports.importedEvidence.handler(({ input }) => imported.evidence(input)),
    removeImported: os.reports.removeImported.handler(({ input }) => imported.remove(input.id)),
    restoreImported: os.reports.restoreImported.handler(({ input }) => imported.restore(input.id)),
    importedTrash: os.reports.importedTrash.handler(() => imported.trash()),
  };
}
