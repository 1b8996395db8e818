import { os } from '../implementer.ts';
import type { ReportsService } from './reports.ts';

export function reportsProcedures(service: ReportsService) {
  return {
    get: os.reports.get.handler(({ input }) => service.get(input.run)),
    render: os.reports.render.handler(({ input }) => service.render(input.run, input.format)),
  };
}
