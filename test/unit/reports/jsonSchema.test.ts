import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reportJsonSchema } from '../../../electron/core/reports/jsonSchema.ts';

const published = join(import.meta.dirname, '../../../resources/reports/report.schema.json');

it('the published JSON Schema is the one of the contract (update with vitest -u)', async () => {
  await expect(`${JSON.stringify(reportJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(published);
});
