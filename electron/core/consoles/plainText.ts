// ECMA-48: CSI sequences, OSC and other strings up to their end, and two-character escapes.
 
const sequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;
 
const otherControls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

/** A line of serial output as text: no escape sequences, no control characters; what a carriage return overwrote is gone. */
export function plainText(line: string): string {
  const withoutSequences = line.replace(sequences, '').replace(/\r*\n$/, '');
  const overwritten = withoutSequences.slice(withoutSequences.replace(/\r+$/, '').lastIndexOf('\r') + 1);
  return overwritten.replace(otherControls, '');
}
