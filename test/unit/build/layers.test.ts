import { describe, expect, test } from 'vitest';
import { importsOf } from '../../../build/layers/imports.ts';
import { judgeCoreSettings, judgeFile } from '../../../build/layers/rules.ts';
import { layerFolders, layerRules, nouns } from '../../../build/layers/table.ts';

const messagesOf = (file: string, source: string): string[] => judgeFile(file, importsOf(file, source)).map(({ message }) => message);

describe('the layer check', () => {
  test.each([
    ['electron/core/guests/a.ts', `import { join } from 'node:path';`, 'core may not import Node\'s node:path'],
    ['electron/core/guests/a.ts', `import { join } from 'path';`, 'core may not import Node\'s path'],
    ['electron/core/guests/a.ts', `import { start } from '../../host/qemu/start.ts';`, 'core may not import host'],
    ['electron/core/guests/a.ts', `import _ from 'lodash';`, 'core may not import lodash'],
    ['electron/contract/guests.ts', `import { rule } from '../core/guests/rule.ts';`, 'contract may not import core'],
    ['electron/host/qemu/a.ts', `export * from '../../lab/guests/guests.ts';`, 'host may not import lab'],
    ['electron/host/qemu/a.ts', `import Database from 'better-sqlite3';`, 'host may not import better-sqlite3'],
    ['electron/lab/guests/a.ts', `import { connect } from '../../client/connect.ts';`, 'lab may not import client'],
    ['electron/client/a.ts', `import { createLab } from '../lab/createLab.ts';`, 'client may not import lab'],
    ['electron/cli/a.ts', `import { app } from 'electron';`, 'cli may not import electron'],
    ['electron/cli/a.ts', `const lab = await import('../lab/createLab.ts');`, 'cli may not import lab'],
    ['electron/server/a.ts', `import { window } from '../main/window.ts';`, 'server may not import main'],
    ['electron/preload/a.ts', `import { contract } from '../contract/contract.ts';`, 'preload may import only types of contract'],
    ['renderer/features/guests/a.ts', `import { readFile } from 'node:fs/promises';`, 'renderer may not import Node\'s node:fs/promises'],
    ['renderer/features/guests/Guest.vue', `<template/>\n<script setup lang="ts">\nimport { a } from '../../../electron/lab/a.ts';\n</script>`, 'renderer may not import lab'],
    ['electron/core/guests/a.ts', `import { helper } from '../../../test/support/helper.ts';`, 'nothing imports test, and core does'],
    ['build/a.ts', `import { helper } from '../test/support/helper.ts';`, 'nothing imports test, and build does'],
    ['electron/core/guests/a.ts', `type M = import('../measurements/plan.ts').Plan;`, 'in core, guests may not import measurements: it stands to its right'],
    ['electron/contract/guests.ts', `import { run } from './measurements.ts';`, 'in contract, guests may not import measurements: it stands to its right'],
    ['electron/lab/tasks/a.ts', `import type { Guests } from '../guests/guests.ts';`, 'in lab, tasks may not import guests: it stands to its right'],
    ['renderer/stores/guests.ts', `import { useReports } from './reports.ts';`, 'in renderer, guests may not import reports: it stands to its right'],
    ['renderer/features/guests/a.ts', `import { useReports } from '../../stores/reports.ts';`, 'in renderer, guests may not import reports: it stands to its right'],
    ['electron/core/guests/a.ts', `import { b } from './b';`, './b must name the file with its ending'],
  ])('in %s, %s is refused', (file, source, message) => {
    expect(messagesOf(file, source)).toEqual([message]);
  });

  test.each([
    ['electron/core/measurements/a.ts', `import { z } from 'zod';\nimport { guest } from '../../contract/guests.ts';\nimport { median } from '../statistics/median.ts';\nimport { b } from '../guests/b.ts';`],
    ['electron/host/storage/a.ts', `import Database from 'better-sqlite3';\nimport { join } from 'node:path';`],
    ['electron/preload/index.ts', `import type { LabClient } from '../contract/contract.ts';\nimport { ipcRenderer } from 'electron';`],
    ['electron/lab/createLab.ts', `import { createReports } from './reports/reports.ts';\nimport { createGuests } from './guests/guests.ts';`],
    ['renderer/features/guests/Guest.vue', `<script setup lang="ts">\nimport { ref } from 'vue';\nimport picture from './picture.svg?url';\n</script>`],
    ['test/unit/a.test.ts', `import { anything } from '../../electron/lab/createLab.ts';\nimport { app } from 'electron';`],
  ])('in %s everything allowed is let through', (file, source) => {
    expect(messagesOf(file, source)).toEqual([]);
  });

  test('a violation names its line, in a Vue file too', () => {
    const source = `<template>\n  <p />\n</template>\n<script lang="ts">\nimport 'node:fs';\n</script>`;
    expect(judgeFile('renderer/a.vue', importsOf('renderer/a.vue', source))).toEqual([
      { file: 'renderer/a.vue', line: 5, message: "renderer may not import Node's node:fs" },
    ]);
  });

  test('core settings with Node, the DOM or the default libraries are refused', () => {
    expect(judgeCoreSettings({ compilerOptions: { lib: ['ES2023'], types: [] } })).toEqual([]);
    expect(judgeCoreSettings({ compilerOptions: { lib: ['ES2023'], types: ['node'] } })).toHaveLength(1);
    expect(judgeCoreSettings({ compilerOptions: { lib: ['ES2023', 'DOM'], types: [] } })).toHaveLength(1);
    expect(judgeCoreSettings({ compilerOptions: {} })).toHaveLength(2);
  });

  test('only main and preload may import Electron', () => {
    const allowed = Object.entries(layerRules).filter(([, rule]) => rule.packages.includes('electron'));
    expect(allowed.map(([layer]) => layer)).toEqual(['main', 'preload']);
  });

  test('every layer but test has a rule, and every noun stands once', () => {
    expect(Object.keys(layerRules).sort()).toEqual(Object.keys(layerFolders).filter((layer) => layer !== 'test').sort());
    expect(new Set(nouns).size).toBe(nouns.length);
  });
});
