/** At most so many characters of a guest's line are kept in a record. */
const LONGEST_TEXT = 200;

/** Bytes as a string with one character a byte, so that positions in it are byte offsets and any byte is allowed. */
export function bytesToText(bytes: Uint8Array): string {
  let text = '';
  // Function arguments are limited, so long chunks are converted in parts.
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return text;
}

/**
 * What a guest printed as text that is safe to show: escape sequences and control characters removed, UTF-8 decoded
 * where it is valid, other bytes replaced, cut to 200 characters.
 */
export function readableText(text: string): string {
  const plain = text
    // CSI and OSC sequences, then other two-character escapes (ECMA-48).
    .replace(/\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(\u0007|\u001b\\)|\u001b[ -~]/g, '')
    .replace(/[\u0000-\u001f\u007f]/g, '');
  const decoded = decodeUtf8(plain);
  return decoded.length > LONGEST_TEXT ? `${decoded.slice(0, LONGEST_TEXT)}…` : decoded;
}

/** `TextDecoder` belongs to Node and the DOM, neither of which is here. */
function decodeUtf8(text: string): string {
  const percent = text.replace(/[%\u0080-\u00ff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
  try {
    return decodeURIComponent(percent);
  } catch {
    return text.replace(/[\u0080-\u00ff]/g, '\ufffd');
  }
}
