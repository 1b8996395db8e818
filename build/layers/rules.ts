import { posix } from 'node:path';
import { builtinModules } from 'node:module';
import type { Import } from './imports.ts';
import { layerFolders, layerRules, nouns } from './table.ts';

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

interface Place {
  readonly layer: string;
  /** The noun whose folder or file it is, or null for what belongs to no noun. */
  readonly noun: string | null;
  /** The folder directly below the layer, or the empty string. */
  readonly folder: string;
}

/** Where a path relative to the root lies in the house, or null outside of it. */
export function placeOf(path: string): Place | null {
  const entry = Object.entries(layerFolders).find(([, folder]) => path.startsWith(`${folder}/`));
  if (entry === undefined) return null;
  const [layer, folder] = entry;
  const parts = path.slice(folder.length + 1).split('/');
  if (layer === 'renderer' && (parts[0] === 'features' || parts[0] === 'stores')) parts.shift();
  const first = parts[0] ?? '';
  const name = parts.length === 1 ? first.replace(/\.[a-z.]+$/, '') : first;
  return { layer, noun: nouns.includes(name) ? name : null, folder: parts.length === 1 ? '' : first };
}

/** `@scope/name/deep` → `@scope/name`; Node's own modules become `node:`. */
function packageOf(specifier: string): string {
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return 'node:';
  return specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

function judgePackage(place: Place, specifier: string): string | null {
  const name = packageOf(specifier);
  const rule = layerRules[place.layer];
  if (rule === undefined) return null;
  const allowed = [...rule.packages, ...(rule.folders?.[place.folder] ?? [])];
  return allowed.includes(name) || allowed.includes(specifier) ? null : `${place.layer} may not import ${name === 'node:' ? `Node's ${specifier}` : name}`;
}

function judgePlaces(from: Place, to: Place, typesOnly: boolean): string | null {
  if (to.layer === 'test') return `nothing imports test, and ${from.layer} does`;
  if (from.layer !== to.layer) {
    const rule = layerRules[from.layer];
    const allowed = rule?.layers.includes(to.layer) ?? false;
    const allowedAsTypes = rule?.typesOf?.includes(to.layer) ?? false;
    if (allowed || (allowedAsTypes && typesOnly)) return null;
    return allowedAsTypes ? `${from.layer} may import only types of ${to.layer}` : `${from.layer} may not import ${to.layer}`;
  }
  if (from.noun === null || to.noun === null || nouns.indexOf(to.noun) <= nouns.indexOf(from.noun)) return null;
  return `in ${from.layer}, ${from.noun} may not import ${to.noun}: it stands to its right`;
}

/** Judges the imports of one file; `file` is relative to the root with forward slashes. */
export function judgeFile(file: string, imports: readonly Import[]): Violation[] {
  const place = placeOf(file);
  if (place === null || place.layer === 'test') return [];
  return imports.flatMap(({ from, line, typesOnly }) => {
    const message = judgeImport(file, place, from, typesOnly);
    return message === null ? [] : [{ file, line, message }];
  });
}

function judgeImport(file: string, place: Place, specifier: string, typesOnly: boolean): string | null {
  if (specifier === '(computed)') return null;
  if (!specifier.startsWith('.')) return judgePackage(place, specifier);
  const path = specifier.split('?')[0] ?? specifier;
  if (!/\.[a-z]+$/.test(path)) return `${specifier} must name the file with its ending`;
  const target = placeOf(posix.join(posix.dirname(file), path));
  return target === null ? null : judgePlaces(place, target, typesOnly);
}

/** Core's compiler settings must know neither Node nor the DOM, or the compiler would let their globals in. */
export function judgeCoreSettings(settings: unknown): Violation[] {
  const options = (settings as { compilerOptions?: { lib?: unknown; types?: unknown } }).compilerOptions ?? {};
  const report = (message: string): Violation => ({ file: 'tsconfig.core.json', line: 1, message });
  const violations: Violation[] = [];
  if (!Array.isArray(options.types) || options.types.length > 0) violations.push(report('core sees the types of a package: "types" must be []'));
  const libraries = Array.isArray(options.lib) ? options.lib.map(String) : ['DOM'];
  const foreign = libraries.filter((library) => !/^es\d+$/i.test(library));
  if (foreign.length > 0) violations.push(report(`core sees ${foreign.join(', ')}: "lib" must name ECMAScript alone`));
  return violations;
}
