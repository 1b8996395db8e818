import type { Report } from '../../contract/reports.ts';

/** A name under which every platform can keep a report: ASCII letters, digits and hyphens, and never a device's name. */
export function reportFileName({ title, id }: Pick<Report, 'title' | 'id'>, ending: string): string {
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-');
  const slug = words.slice(0, 60).replace(/^-+|-+$/g, '');
  return `${['petri', slug, id].filter((part) => part !== '').join('-')}.${ending}`;
}
