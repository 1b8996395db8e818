/**
 * What the page may do, at the loopback door and in Electron alike. Neither inline styles nor inline scripts: what xterm
 * writes as style elements, the page turns into constructed style sheets, and ECharts draws its tooltips on its canvas.
 * Images: `data:` is a chart that is exported, `blob:` a report that is shown or saved.
 */
export const PAGE_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self' blob:",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** The media type of one of the page's files by its ending, dot included. */
export function pageMediaType(ending: string): string {
  return mediaTypes[ending] ?? 'application/octet-stream';
}
