import { isAbsolute, join, normalize, sep } from 'node:path';
import type { ImageReference } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';

/** Where shipped images and those of the library are. */
export interface ImagePlaces {
  readonly imagesDirectory: string;
  readonly libraryPath: (digest: string) => string;
}

/** The file that an image reference means. Throws PATH_REFUSED for one that leaves `images/`, and for a relative file. */
export function imagePath({ imagesDirectory, libraryPath }: ImagePlaces, image: ImageReference): string {
  if (image.kind === 'library') return libraryPath(image.digest);
  if (image.kind === 'file') {
    if (!isAbsolute(image.path)) throw new DeclaredError('PATH_REFUSED', { path: image.path, reason: 'it is not absolute' });
    if (image.path.includes('\0')) throw new DeclaredError('PATH_REFUSED', { path: image.path, reason: 'it contains a zero byte' });
    return image.path;
  }
  const inside = normalize(image.path);
  if (isAbsolute(inside) || inside.split(sep).includes('..')) throw new DeclaredError('PATH_REFUSED', { path: image.path, reason: 'it leaves the folder of shipped images' });
  return join(imagesDirectory, inside);
}
