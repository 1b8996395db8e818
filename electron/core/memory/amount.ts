const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const small = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });

/** A number for a reader: thousands apart, and two digits of what is below ten and no whole number. */
export function amount(value: number): string {
  return Math.abs(value) < 10 && !Number.isInteger(value) ? small.format(value) : whole.format(value);
}

/** A part of a whole: `6.3 %`. What is not nothing is never shown as 0. */
export function percent(part: number): string {
  if (part > 0 && part < 0.001) return 'less than 0.1 %';
  if (part < 1 && part > 0.999) return 'more than 99.9 %';
  return `${(part * 100).toFixed(1).replace(/\.0$/, '')} %`;
}

/** `1 page fault`, `2,000 page faults`. */
export function counted(number: number, noun: string): string {
  return `${amount(number)} ${noun}${number === 1 ? '' : 's'}`;
}
