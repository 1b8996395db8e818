// The house rules as data: which layer may import what. docs/architecture.md shows the same table.

/** The nouns of Petri. Within a layer a noun imports only nouns before it; news travels the other way as events. */
export const nouns: readonly string[] = [
  'settings', 'hosts', 'tasks', 'published', 'accelerators', 'catalog', 'disks', 'guests', 'containers', 'unikernels', 'consoles',
  'snapshots', 'installations', 'symbols', 'traces', 'calls', 'memory', 'instruments', 'calibrations', 'measurements', 'campaigns', 'history', 'testruns', 'reports', 'programs', 'diagnostics',
];

export interface LayerRule {
  /** Other layers that it may import; its own is always allowed. */
  readonly layers: readonly string[];
  /** Layers of which it may import types only. */
  readonly typesOf?: readonly string[];
  /** Packages by name; `node:` stands for all of Node's own modules. */
  readonly packages: readonly string[];
  /** More packages for one folder of the layer: the library of its engine. */
  readonly folders?: Readonly<Record<string, readonly string[]>>;
}

const pageLibraries = [
  'vue', 'vue-router', 'pinia', 'reka-ui', 'echarts', 'uplot', '@xterm/xterm', '@xterm/addon-fit', '@xterm/addon-search',
  '@xterm/addon-serialize', '@xterm/addon-webgl', '@novnc/novnc', '@lucide/vue', 'zod', '@orpc/client', '@orpc/contract',
];

export const layerRules: Readonly<Record<string, LayerRule>> = {
  contract: { layers: [], packages: ['zod', '@orpc/contract'] },
  core: { layers: ['contract'], packages: ['zod', 'simple-statistics'] },
  host: {
    layers: ['core', 'contract'],
    packages: ['node:', 'zod', 'execa', 'semver', 'yaml'],
    folders: {
      storage: ['better-sqlite3'],
      documents: ['pdfmake', 'echarts', 'fontkit'],
      docker: ['dockerode', 'tar-stream'],
      oci: ['tar-stream'],
      downloads: ['tar-stream'],
      system: ['systeminformation'],
      process: ['node-pty'],
    },
  },
  // Of Node the lab uses only what does no input or output; that is host's.
  lab: { layers: ['host', 'core', 'contract'], packages: ['@orpc/server', 'zod', 'node:crypto', 'node:path', 'node:events', 'node:util'] },
  server: { layers: ['lab', 'contract'], packages: ['node:', '@orpc/server', '@orpc/openapi', '@orpc/zod', 'ws', 'pino', 'zod', '@modelcontextprotocol/server', '@modelcontextprotocol/node'] },
  client: { layers: ['contract'], packages: ['node:', '@orpc/client', '@orpc/contract', 'ws', 'zod'] },
  main: { layers: ['client', 'core', 'contract'], packages: ['node:', 'electron', 'zod'] },
  preload: { layers: [], typesOf: ['contract'], packages: ['electron'] },
  cli: { layers: ['client', 'core', 'contract'], packages: ['node:', 'commander', 'zod'] },
  renderer: { layers: ['core', 'contract'], typesOf: ['preload'], packages: pageLibraries },
  images: { layers: [], packages: ['node:'] },
  build: { layers: ['core', 'contract', 'client'], packages: ['node:', 'esbuild', 'vite', '@vitejs/plugin-vue', 'typescript', 'vitest', '@playwright/test', 'ws'] },
};

/** The folder of each layer below the root, longest first where one lies in another. */
export const layerFolders: Readonly<Record<string, string>> = {
  contract: 'electron/contract',
  core: 'electron/core',
  host: 'electron/host',
  lab: 'electron/lab',
  server: 'electron/server',
  client: 'electron/client',
  main: 'electron/main',
  preload: 'electron/preload',
  cli: 'electron/cli',
  renderer: 'renderer',
  images: 'images',
  build: 'build',
  test: 'test',
};
