/// <reference types="vite/client" />

// eslint resolves .vue imports with this; vue-tsc reads the files themselves.
declare module '*.vue' {
  import type { DefineComponent } from 'vue';
  const component: DefineComponent;
  export default component;
}

declare const __PETRI_BUILD__: string;

declare module 'uplot/dist/uPlot.min.css';
