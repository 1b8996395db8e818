import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installScript } from '../../../electron/core/installations/installScript.ts';
import { listResources, readResource } from '../../../electron/host/storage/resources.ts';

const resources = join(import.meta.dirname, '../../../resources');
const scripts = listResources(join(resources, 'installs'), '.yaml').map(readResource);

describe('the shipped install scripts', () => {
  test.each(scripts)('$name fits the schema, and says how it is known', ({ data }) => {
    const script = installScript.parse(data);
    if (script.verified === null) expect(script.source).toBeTruthy();
    const names = [...JSON.stringify(script).matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name);
    expect([...Object.keys(script.values), 'guest', 'sshKey']).toEqual(expect.arrayContaining(names));
  });

  test('are those that the catalog names', () => {
    const named = listResources(join(resources, 'catalog'), '.yaml')
      .map((path) => (readResource(path).data as { install: { script: string | null } | null }).install?.script)
      .filter((script) => script !== undefined && script !== null);
    expect(scripts.map(({ name }) => name)).toEqual(expect.arrayContaining(named));
  });
});
