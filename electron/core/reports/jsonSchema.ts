import { z } from 'zod';
import { report, REPORT_SCHEMA_VERSION } from '../../contract/reports.ts';

/** The JSON Schema of a report, published as `resources/reports/report.schema.json` for those who read reports without Petri. */
export function reportJsonSchema(): object {
  const schema = z.toJSONSchema(report, { io: 'input', unrepresentable: 'any', reused: 'ref' });
  return { $id: `urn:petri:report:${REPORT_SCHEMA_VERSION}`, title: `A report of Petri, version ${REPORT_SCHEMA_VERSION}`, ...schema };
}
