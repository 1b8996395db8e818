/** What must not leave this machine in a report of a problem. */
export interface Secrets {
  readonly homeDirectories: readonly string[];
  readonly userNames: readonly string[];
}

export interface Redacted {
  readonly text: string;
  /** How many places were covered. */
  readonly redactions: number;
}

interface Rule {
  readonly pattern: RegExp;
  readonly cover: string;
}

/** What is secret on every machine: tokens by their name, keys by their form, addresses of people. */
const generalRules: readonly Rule[] = [
  { pattern: /(?<=\b(?:token|access_token|secret|password|passwd|api[_-]?key)["']?\s{0,3}[=:]\s{0,3}["']?)[^\s"'&,;}]+/gi, cover: '<secret>' },
  { pattern: /(?<=\b(?:Bearer|Basic)\s{1,3})[\w.~+/=-]{8,}/g, cover: '<secret>' },
  { pattern: /(?<=:\/\/)[^\s/@:]{1,100}:[^\s/@]{1,100}(?=@)/g, cover: '<secret>' },
  { pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, cover: '<private key>' },
  { pattern: /\b[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+\b/g, cover: '<address>' },
  { pattern: /(?:\/home|\/Users)\/[^\s/"':]+/g, cover: '~' },
  { pattern: /\b[A-Z]:\\+Users\\+[^\s\\"':]+/gi, cover: '~' },
];

/** A name of one or two letters stands in too many words, and `root` says nothing about anybody. */
const isTelling = (name: string): boolean => name.length > 2 && name !== 'root';

/** Covers home directories, user names, tokens and keys. Plain text in, plain text out. */
export function redact(text: string, { homeDirectories, userNames }: Secrets): Redacted {
  const homes = homeDirectories.filter((path) => path.length > 1).toSorted((a, b) => b.length - a.length);
  const rules: Rule[] = [
    ...homes.map((path) => ({ pattern: new RegExp(`${escape(path)}(?![\\w.-])`, 'g'), cover: '~' })),
    ...generalRules,
    ...userNames.filter(isTelling).map((name) => ({ pattern: new RegExp(`(?<![\\p{L}\\p{N}_])${escape(name)}(?![\\p{L}\\p{N}_])`, 'gu'), cover: '<user>' })),
  ];
  let redactions = 0;
  const covered = rules.reduce(
    (rest, { pattern, cover }) =>
      rest.replace(pattern, () => {
        redactions += 1;
        return cover;
      }),
    text,
  );
  return { text: covered, redactions };
}

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
