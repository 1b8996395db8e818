/** An error page that a download saved under the name of an image. */
export function looksLikeWebPage(beginning: Uint8Array): boolean {
  return /^(\u00ef\u00bb\u00bf)?\s*(<!doctype html|<html|<head|<\?xml[^>]*>\s*<(!doctype )?html)/i.test(String.fromCharCode(...beginning.subarray(0, 400)));
}
