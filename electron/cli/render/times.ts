const padded = (value: number): string => String(value).padStart(2, '0');

/** An instant in this place's time, with how far that is from UTC: `2026-03-01 14:05:09 +01:00`. */
export function localTime(instant: string): string {
  const at = new Date(instant);
  const eastMinutes = -at.getTimezoneOffset();
  const [hours, minutes] = [Math.trunc(Math.abs(eastMinutes) / 60), Math.abs(eastMinutes) % 60];
  const day = `${at.getFullYear()}-${padded(at.getMonth() + 1)}-${padded(at.getDate())}`;
  const time = `${padded(at.getHours())}:${padded(at.getMinutes())}:${padded(at.getSeconds())}`;
  return `${day} ${time} ${eastMinutes < 0 ? '-' : '+'}${padded(hours)}:${padded(minutes)}`;
}
