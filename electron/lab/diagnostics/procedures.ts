import { os } from '../implementer.ts';
import type { DiagnosticsService } from './diagnostics.ts';

export function diagnosticsProcedures(service: DiagnosticsService) {
  return {
    collect: os.diagnostics.collect.handler(() => service.collect()),
    commands: os.diagnostics.commands.handler(() => service.commands()),
  };
}
