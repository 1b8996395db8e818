/** What Petri wants to know of a qcow2 file before QEMU opens it. Source: docs/interop/qcow2.txt of QEMU. */
export interface Qcow2Header {
  readonly version: number;
  readonly virtualBytes: number;
  /** Where the name of the backing file lies, or null when there is none. */
  readonly backing: { readonly offset: number; readonly length: number } | null;
  /** The guest's data lie in another file. */
  readonly hasDataFile: boolean;
  /** Its two tables, which must lie within the file. */
  readonly tables: readonly { readonly part: string; readonly end: number }[];
  /** What cannot be right, in words; a file with any of it is damaged. */
  readonly problems: readonly string[];
}

const HEADER_BYTES = 72;
const LONGEST_BACKING_NAME = 1_023;
/** No file is so large, and numbers up to here are exact: what lies behind it is not cut off but wrong. */
const FARTHEST_BYTE = BigInt(Number.MAX_SAFE_INTEGER);
/** Bits of the incompatible features of version 3. */
const [CORRUPT_BIT, DATA_FILE_BIT] = [0x2n, 0x4n];

/** Reads the header at the beginning of a qcow2 file; null when there are not even its fixed fields. */
export function readQcow2Header(beginning: Uint8Array): Qcow2Header | null {
  if (beginning.length < HEADER_BYTES) return null;
  const data = new DataView(beginning.buffer, beginning.byteOffset, beginning.byteLength);
  const [version, clusterBits] = [data.getUint32(4), data.getUint32(20)];
  const [backingOffset, backingLength] = [data.getBigUint64(8), data.getUint32(16)];
  const virtualBytes = data.getBigUint64(24);
  const [levelOneEntries, levelOneOffset] = [data.getUint32(36), data.getBigUint64(40)];
  const [refcountOffset, refcountClusters] = [data.getBigUint64(48), data.getUint32(56)];
  const features = version >= 3 && beginning.length >= 80 ? data.getBigUint64(72) : 0n;
  const clusterBytes = 2n ** BigInt(Math.min(clusterBits, 31));
  const tables = [
    { part: 'the first table', end: levelOneOffset + BigInt(levelOneEntries) * 8n },
    { part: 'the table of reference counts', end: refcountOffset + BigInt(refcountClusters) * clusterBytes },
  ];
  const problems = [
    ...(version === 2 || version === 3 ? [] : [`version ${version} of qcow2 is not known`]),
    ...(clusterBits >= 9 && clusterBits <= 21 ? [] : [`clusters of 2^${clusterBits} bytes are impossible`]),
    ...(virtualBytes > 0n && virtualBytes % 512n === 0n && virtualBytes <= FARTHEST_BYTE ? [] : [`a size of ${virtualBytes} bytes is impossible`]),
    ...(levelOneOffset % clusterBytes === 0n && levelOneOffset > 0n ? [] : ['its first table does not begin at a cluster']),
    ...(refcountOffset % clusterBytes === 0n && refcountOffset > 0n ? [] : ['its table of reference counts does not begin at a cluster']),
    ...(levelOneOffset !== refcountOffset ? [] : ['its two tables lie in the same place']),
    ...(levelOneEntries >= entriesNeeded(Number(virtualBytes), clusterBits) ? [] : ['its first table is too short for its size']),
    ...tables.flatMap(({ part, end }) => (end <= FARTHEST_BYTE ? [] : [`${part} would end at byte ${end}, where no file reaches`])),
    ...(backingLength <= LONGEST_BACKING_NAME ? [] : ['the name of its backing file is too long']),
    ...(backingOffset <= FARTHEST_BYTE ? [] : [`the name of its backing file would lie at byte ${backingOffset}, where no file reaches`]),
    ...((features & CORRUPT_BIT) === 0n ? [] : ['QEMU has marked it as corrupt']),
  ];
  return {
    version,
    virtualBytes: Number(virtualBytes),
    backing: backingOffset === 0n ? null : { offset: Number(backingOffset), length: backingLength },
    hasDataFile: (features & DATA_FILE_BIT) !== 0n,
    tables: tables.map(({ part, end }) => ({ part, end: Number(end) })),
    problems,
  };
}

/** Each entry of the first table leads to one cluster of entries of 8 bytes, each of which leads to one cluster of data. */
function entriesNeeded(virtualBytes: number, clusterBits: number): number {
  return Math.ceil(virtualBytes / 2 ** (2 * clusterBits - 3));
}
