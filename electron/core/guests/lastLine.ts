/** The last line that has any text, finished or not, without line ends and at most 200 characters long. */
export function lastLine(text: string): string {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  return (lines.at(-1) ?? '').slice(-200);
}
