import type { ContentTable, CustomTableLayout, StyleDictionary } from 'pdfmake/interfaces.d.ts';
import { printPalette } from '../../core/charts/palette.ts';

/** A4 in points with the margins of a lab report. */
export const page = { width: 595.28, height: 841.89, left: 50, right: 50, top: 68, bottom: 60 } as const;
export const contentWidth = page.width - page.left - page.right;

const { ink, muted, accent, grid } = printPalette;
export const colours = { ink, muted, accent, rule: '#c3c9cd', hairline: grid, wash: '#f3f6f6' } as const;

export const styles: StyleDictionary = {
  title: { fontSize: 21, bold: true, color: ink, lineHeight: 1.12 },
  byline: { fontSize: 8.5, color: muted },
  heading: { fontSize: 12.5, bold: true, color: ink, margin: [0, 18, 0, 6] },
  subheading: { fontSize: 10, bold: true, color: ink, margin: [0, 10, 0, 4] },
  question: { fontSize: 11, italics: true, color: ink, lineHeight: 1.3 },
  caption: { fontSize: 8, color: muted, lineHeight: 1.25, margin: [0, 4, 0, 0] },
  cell: { fontSize: 7.8, color: ink, lineHeight: 1.18 },
  head: { fontSize: 7.5, bold: true, color: muted },
  dense: { fontSize: 6.4, color: ink, lineHeight: 1.15 },
  denseHead: { fontSize: 6.4, bold: true, color: muted },
  code: { font: 'Code', fontSize: 8, color: ink, lineHeight: 1.3 },
  figure: { fontSize: 16, bold: true, color: ink },
  label: { fontSize: 7.5, color: muted },
};

/** Tables as printers set them: a rule above and below, one under the head, hairlines between rows, no vertical lines. */
export const ruledLayout: CustomTableLayout = {
  hLineWidth: (line, node) => (line === 0 || line === rowsOf(node) ? 0.8 : line === headRows(node) ? 0.6 : 0.3),
  hLineColor: (line, node) => (line === 0 || line === rowsOf(node) || line === headRows(node) ? colours.muted : colours.hairline),
  vLineWidth: () => 0,
  paddingLeft: (column) => (column === 0 ? 0 : 3.5),
  paddingRight: (column, node) => (column === (node.table.widths?.length ?? 0) - 1 ? 0 : 3.5),
  paddingTop: () => 2.6,
  paddingBottom: () => 2.6,
};

/** The same for numbers in great number. */
export const denseLayout: CustomTableLayout = {
  ...ruledLayout,
  paddingLeft: (column) => (column === 0 ? 0 : 2),
  paddingRight: (column, node) => (column === (node.table.widths?.length ?? 0) - 1 ? 0 : 2),
  paddingTop: () => 1.3,
  paddingBottom: () => 1.3,
};

/** Names and values beside each other, without a head. */
export const listLayout: CustomTableLayout = {
  hLineWidth: (line, node) => (line === 0 || line === rowsOf(node) ? 0.8 : 0.3),
  hLineColor: (line, node) => (line === 0 || line === rowsOf(node) ? colours.muted : colours.hairline),
  vLineWidth: () => 0,
  paddingLeft: (column) => (column === 0 ? 0 : 8),
  paddingRight: () => 0,
  paddingTop: () => 2.4,
  paddingBottom: () => 2.4,
};

function rowsOf(node: ContentTable): number {
  return node.table.body.length;
}

function headRows(node: ContentTable): number {
  return typeof node.table.headerRows === 'number' ? node.table.headerRows : 0;
}
