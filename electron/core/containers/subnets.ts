interface Range {
  readonly first: number;
  readonly last: number;
}

/** The addresses of an IPv4 subnet (`172.28.0.0/16`) as numbers, or null for anything else. */
function rangeOf(subnet: string): Range | null {
  const [, address = '', bits = ''] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(subnet) ?? [];
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => part > 255) || Number(bits) > 32) return null;
  const size = 2 ** (32 - Number(bits));
  const number = parts.reduce((sum, part) => sum * 256 + part, 0);
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

/** Whether two IPv4 subnets have an address in common. */
export function overlapping(one: string, other: string): boolean {
  const [a, b] = [rangeOf(one), rangeOf(other)];
  return a !== null && b !== null && a.first <= b.last && b.first <= a.last;
}
