/** A readable identifier: what a name has of a–z and 0–9, and `suffix` to make it the only one. */
export function diskId(name: string, suffix: string): string {
  const words = name.normalize('NFKD').toLowerCase().match(/[a-z0-9]+/g) ?? ['disk'];
  return `${words.join('-').slice(0, 40).replace(/-$/, '')}-${suffix}`;
}

/** A name for the disk that is made of a file: that of the file without its ending, as a display name may be. */
export function diskNameOf(path: string): string {
  const file = path.split(/[\\/]/).at(-1) ?? '';
  const cleaned = file.replace(/\.[^.]+$/, '').replaceAll(/[\s\u0000-\u001f\u007f]+/g, ' ');
  return cleaned.trim().slice(0, 120).trim() || 'Imported';
}
