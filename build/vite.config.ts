import vue from '@vitejs/plugin-vue';
import { join } from 'node:path';
import { defineConfig } from 'vite';
import { root } from './paths.ts';

// The page is served with `default-src 'self'`: nothing may become a data: address or an inline script.
export default defineConfig({
  root: join(root, 'renderer'),
  base: './',
  plugins: [vue()],
  define: {
    __PETRI_BUILD__: JSON.stringify(process.env['PETRI_BUILD'] ?? 'development'),
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
  },
  build: {
    outDir: join(root, 'dist/renderer'),
    emptyOutDir: true,
    target: 'chrome130',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
});
