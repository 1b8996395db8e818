import { InvalidArgumentError } from 'commander';

/** A whole number within limits, or a message that names them. */
export function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low || value > high) throw new InvalidArgumentError(`It must be a whole number from ${low} to ${high}.`);
    return value;
  };
}

/** A number of seconds from 0.1 to a day. */
export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0.1 && value <= 86_400)) throw new InvalidArgumentError('It must be a number of seconds from 0.1 to 86400.');
  return value;
}
