import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DeclaredError } from '../../../electron/contract/errors.ts';
import type { RunWithSamples } from '../../../electron/contract/measurements.ts';
import { report as reportSchema } from '../../../electron/contract/reports.ts';
import { openDataDirectory, type DataDirectory } from '../../../electron/host/storage/dataDirectory.ts';
import { createReports, type ReportsService } from '../../../electron/lab/reports/reports.ts';
import { fixturePublished, fixtureReport } from '../../support/reportFixture.ts';

/** Services are made once for all tests of a file: what they are kept in is closed when all are over. */
const directories = { data: [] as DataDirectory[], made: [] as string[], make: (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'petri-reports-'));
  directories.made.push(directory);
  return directory;
} };
afterAll(() => {
  for (const data of directories.data) data.dispose();
  for (const directory of directories.made) rmSync(directory, { recursive: true });
});

const resources = join(import.meta.dirname, '../../../resources');

function serviceFor(source: RunWithSamples, resourcesDirectory = resources): ReportsService {
  const data = openDataDirectory(directories.make());
  directories.data.push(data);
  return createReports({
    resourcesDirectory,
    database: data.database,
    blobs: data.blobs,
    version: '0.1.0',
    runOf: (id) => {
      if (id !== source.run.id) throw new DeclaredError('NOT_FOUND', { noun: 'run', id });
      return source;
    },
    campaignOf: (id) => {
      throw new DeclaredError('NOT_FOUND', { noun: 'campaign', id });
    },
    decoder: () => null,
    phaseTables: () => [],
    published: () => fixturePublished,
  });
}

describe('reports of the lab', () => {
  const { run, samples } = fixtureReport();
  const service = serviceFor({ run, samples });

  it.each([
    ['json', 'application/json', '{\n  "schemaVersion": 1'],
    ['text', 'text/plain; charset=utf-8', 'Boot of Built-in guest\n'],
    ['pdf', 'application/pdf', '%PDF-'],
  ] as const)('renders %s with a name, a media type and a digest', async (format, mediaType, beginning) => {
    const rendered = await service.render(run.id, format);
    const bytes = Buffer.from(rendered.base64, 'base64');
    expect(rendered.mediaType).toBe(mediaType);
    expect(rendered.fileName).toBe(`petri-boot-of-built-in-guest-${run.id}.${format === 'text' ? 'txt' : format}`);
    expect(bytes.toString('latin1').startsWith(beginning)).toBe(true);
    expect(rendered.digest).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect((await service.render(run.id, format)).digest).toBe(rendered.digest);
  });

  it('gives JSON that is the report itself', async () => {
    const { base64 } = await service.render(run.id, 'json');
    expect(reportSchema.parse(JSON.parse(Buffer.from(base64, 'base64').toString()))).toEqual(service.get(run.id));
  });

  it('says why when a PDF cannot be set', async () => {
    const withoutFonts = directories.make();
    cpSync(join(resources, 'statistics'), join(withoutFonts, 'statistics'), { recursive: true });
    const homeless = serviceFor({ run, samples }, withoutFonts);
    await expect(homeless.render(run.id, 'pdf')).rejects.toThrow(/ENOENT.*IBMPlexSans/);
  });

  it('reports on what an interrupted run has', () => {
    const partial = serviceFor({ run: { ...run, state: 'interrupted', endedAt: null }, samples: samples.slice(0, 4) });
    expect(partial.get(run.id).summary.subjects[0]?.complete).toBe(3);
  });

  it('refuses a run without a usable boot, and one that is not there', async () => {
    const failed = serviceFor({ run, samples: samples.map((sample) => ({ ...sample, outcome: 'failed' as const })) });
    await expect(failed.render(run.id, 'pdf')).rejects.toMatchObject({ code: 'NO_SAMPLES', details: { run: run.id } });
    expect(() => service.get('other')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });
});
