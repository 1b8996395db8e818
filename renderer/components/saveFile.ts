/** A file that the lab rendered. */
export interface RenderedFile {
  readonly fileName: string;
  readonly mediaType: string;
  readonly base64: string;
}

/** Hands it to the browser's downloads and returns its name. */
export function saveFile({ fileName, mediaType, base64 }: RenderedFile): string {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: mediaType }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The download has its own reference to the bytes once it was started.
  setTimeout(() => URL.revokeObjectURL(address));
  return fileName;
}
