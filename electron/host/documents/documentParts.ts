import type { Content, TDocumentDefinitions } from 'pdfmake/interfaces.d.ts';
import type { Report } from '../../contract/reports.ts';
import type { Picture } from '../../core/charts/picture.ts';
import { colours, page, styles } from './documentStyle.ts';

/** What every document says of itself at the head and foot of its pages. */
export type PrintedHead = Pick<Report, 'title' | 'createdAt' | 'generator'> & { readonly id: string };

/** Numbers of figures and tables through a whole document. */
export interface Counters {
  figure(): string;
  table(): string;
}

export function createCounters(): Counters {
  return { figure: createCounter('Figure'), table: createCounter('Table') };
}

/** The frame of every document: paper, style, head and foot, what the file says of itself. */
export function documentFrame(head: PrintedHead, words: { readonly subject: string; readonly keywords: string }, content: Content[]): TDocumentDefinitions {
  const date = new Date(head.createdAt);
  const producer = `${head.generator.name} ${head.generator.version}`;
  return {
    pageSize: 'A4',
    pageMargins: [page.left, page.top, page.right, page.bottom],
    language: 'en',
    displayTitle: true,
    info: { title: head.title, subject: words.subject, author: head.generator.name, creator: producer, producer, creationDate: date, modDate: date, keywords: words.keywords },
    defaultStyle: { font: 'Text', fontSize: 9.5, lineHeight: 1.3, color: colours.ink },
    styles,
    header: () => runningHead(head),
    footer: (current, count) => runningFoot(head, current, count),
    pageBreakBefore: (node) => node.startPosition.verticalRatio > (lowestStart[node.headlineLevel ?? 0] ?? 1),
    content,
  };
}

/** How far down a page (0 to 1) a heading and the title of a table may begin, so that some of what they announce follows: 1 before anything, 2 the title of a table, 3 a heading before sentences. */
export const lowestStart: Readonly<Record<number, number>> = { 1: 0.78, 2: 0.88, 3: 0.87 };

export function createCounter(name: string): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `${name} ${count}`;
  };
}

export function runningHead({ title, id }: PrintedHead): Content {
  return {
    margin: [page.left, 34, page.right, 0],
    columns: [
      { text: shortened(title, 80), fontSize: 7.5, color: colours.muted, width: '*' },
      { text: id, fontSize: 7.5, color: colours.muted, width: 'auto', alignment: 'right', noWrap: true, margin: [16, 0, 0, 0] },
    ],
  };
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
}

export function runningFoot({ generator, createdAt }: PrintedHead, current: number, count: number): Content {
  return {
    margin: [page.left, 22, page.right, 0],
    columns: [
      { text: `${generator.name} ${generator.version} · ${instantText(createdAt)}`, fontSize: 7.5, color: colours.muted },
      { text: `page ${current} of ${count}`, fontSize: 7.5, color: colours.muted, alignment: 'right' },
    ],
  };
}

/** `2026-11-22 02:10:41 UTC`. */
export function instantText(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`;
}

/** A longer one may be broken: it could be a page. */
const LONGEST_SENTENCE = 1_500;

/** A heading and what must not be parted from it. */
export function heading(text: string, ...content: readonly (Content | null)[]): Content[] {
  const parts = content.filter((part) => part !== null);
  return [{ text, style: 'heading', headlineLevel: isList(parts[0]) ? 3 : 1 }, ...parts];
}

function isList(content: Content | undefined): boolean {
  return typeof content === 'object' && 'ul' in content;
}

/** Sentences, each on one page. */
export function list(texts: readonly string[]): Content {
  return { ul: texts.map((text) => ({ unbreakable: text.length < LONGEST_SENTENCE, stack: [{ text: text.replaceAll(/(\d) %/g, '$1\u00a0%'), margin: [0, 0, 0, 3] as [number, number, number, number] }] })), markerColor: colours.accent };
}

export function figure(name: string, image: Picture, caption: string): Content {
  return {
    stack: [
      { svg: image.svg, width: image.size.width, height: image.size.height, font: 'Text' },
      { text: [{ text: `${name}. `, bold: true, color: colours.ink }, caption], style: 'caption' },
    ],
  };
}

/** So many lines of a table, or of a command, fit on a page together with their heading for sure. */
export const LINES_ON_A_PAGE = 36;

/**
 * A heading and what never stands on another page than it. What is longer than `LINES_ON_A_PAGE` may be broken: the
 * library drops a block that is kept together and does not fit. It also loses one that a page break is put into, so no
 * `headlineLevel` may be inside.
 */
export function together(text: string, content: readonly Content[], lines = 1): Content[] {
  if (lines > LINES_ON_A_PAGE) return heading(text, ...content);
  return [{ unbreakable: true, stack: [{ text, style: 'heading' }, ...content] }];
}

/** How many lines texts take in a column that has room for `letters`. */
export function linesOf(texts: readonly string[], letters: number): number {
  return texts.reduce((lines, text) => lines + Math.max(1, Math.ceil(text.length / letters)), 0);
}

export function tableTitle(name: string, caption: string, margin: [number, number, number, number] = [0, 0, 0, 4]): Content {
  return { text: [{ text: `${name}. `, bold: true, color: colours.ink }, caption], style: 'caption', margin };
}

/** The same where a page may end between title and table: then both go to the next. */
export function headlineOf(title: Content): Content {
  return { ...(title as object), headlineLevel: 2 } as Content;
}

export function commandBlock({ command }: { readonly command: string }): Content {
  return {
    layout: { hLineWidth: () => 0, vLineWidth: () => 0, paddingLeft: () => 10, paddingRight: () => 10, paddingTop: () => 7, paddingBottom: () => 7 },
    table: { widths: ['*'], body: [[{ text: commandWords(command), style: 'code', fillColor: colours.wash }]] },
  };
}

/** So many letters of code fit on a line. */
const LETTERS_OF_CODE = 96;

/** The words of a command, which may be parted only between them: a line break after a hyphen would be taken for a space. Only what has no room on a line is broken. */
function commandWords(command: string): Content[] {
  return command.split(' ').flatMap((word, position) => [...(position === 0 ? [] : [{ text: ' ' }]), word.length <= LETTERS_OF_CODE ? { text: word, noWrap: true } : { text: word, wordBreak: 'break-all' as const }]);
}
