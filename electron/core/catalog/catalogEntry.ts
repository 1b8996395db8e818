import { z } from 'zod';
import { catalogEntry, catalogImage, entryImage, imageSource, type CatalogEntry } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { entryProblems, unreadFields } from './entryProblems.ts';

/** In a file a shipped image has no digest: that is recorded beside the image when it is built. */
const shippedInFile = z.strictObject({ kind: z.literal('shipped'), path: z.string() });
type ShippedInFile = z.infer<typeof shippedInFile>;
const imageInFile = z.union([shippedInFile, entryImage]);
const sourceInFile = z.union([shippedInFile, imageSource]);
/** The default machine is that of the first preset, and where an entry comes from shows in where its file lies. */
const entryInFile = catalogEntry
  .omit({ machine: true, origin: true })
  .strict()
  .extend({
    images: z.array(catalogImage.extend({ source: sourceInFile })),
    boot: z.strictObject({
      kernel: imageInFile.nullable(),
      arguments: z.string().max(2_048),
      modules: z.array(z.strictObject({ image: imageInFile, arguments: z.string().max(512) })),
    }),
  });

/**
 * A catalog entry from the data of its file; the id is the file's name, so that no two entries share one.
 * Throws RESOURCE_INVALID with every field that is wrong, and for a shipped image whose digest nobody recorded.
 */
export function readCatalogEntry(file: string, id: string, data: unknown, digestOf: (path: string) => string | undefined, origin: CatalogEntry['origin'] = 'petri'): CatalogEntry {
  const parsed = entryInFile.safeParse(typeof data === 'object' && data !== null ? { ...data, id } : data);
  if (!parsed.success) throw invalid(file, parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(whole)'}: ${message}`));
  const { boot, presets } = parsed.data;
  const complete = <Image extends { kind: string }>(image: Image | ShippedInFile): Image | (ShippedInFile & { digest: string }) => {
    if (!lacksDigest(image)) return image;
    const digest = digestOf(image.path);
    if (digest === undefined) throw invalid(file, [`no digest is recorded for ${image.path}`]);
    return { ...image, digest };
  };
  const images = parsed.data.images.map((image) => ({ ...image, source: complete(image.source) }));
  const modules = boot.modules.map((module) => ({ ...module, image: complete(module.image) }));
  const [first] = presets;
  if (first === undefined) throw invalid(file, ['presets: there is none']);
  const kernel = boot.kernel === null ? null : complete(boot.kernel);
  const entry: CatalogEntry = { ...parsed.data, origin, machine: first.machine, images, boot: { ...boot, kernel, modules } };
  const problems = [...unreadFields(data, parsed.data), ...entryProblems(entry)];
  if (problems.length > 0) throw invalid(file, problems);
  return entry;
}

function lacksDigest(image: { kind: string }): image is ShippedInFile {
  return image.kind === 'shipped' && !('digest' in image);
}

function invalid(file: string, issues: string[]): DeclaredError {
  return new DeclaredError('RESOURCE_INVALID', { file, issues });
}
