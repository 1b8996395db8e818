import { InvalidArgumentError } from 'commander';

const units: Readonly<Record<string, number>> = { '': 1, K: 1_024, M: 1_048_576, G: 1_073_741_824, T: 1_099_511_627_776 };

/** A size as QEMU writes it: `64M`, `1.5G`, or plain bytes; units are powers of 1,024. Rounded up to whole sectors. */
export function parseBytes(text: string): number {
  const found = /^(\d+(?:\.\d+)?)([KMGT]?)(?:iB)?$/i.exec(text);
  const bytes = Math.ceil((Number(found?.[1]) * (units[found?.[2]?.toUpperCase() ?? ''] ?? Number.NaN)) / 512) * 512;
  if (!(bytes >= 512)) throw new InvalidArgumentError('It must be a size such as 512M, 8G or 1.5T.');
  return bytes;
}

/** `64 MiB`, `1.5 GiB`, `512 B`. */
export function formatBytes(bytes: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(names.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1_024 ** power;
  return `${Number.isInteger(value) ? value : value.toFixed(value < 10 ? 1 : 0)} ${names[power]}`;
}
