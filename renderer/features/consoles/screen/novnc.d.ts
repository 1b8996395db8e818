/// <reference types="novnc__novnc" />

// The types describe version 1.6, where the client was at another path.
declare module '@novnc/novnc' {
  export { default } from '@novnc/novnc/lib/rfb';
}
