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
/** Bits of the incompatible features of version 3. */
const [CORRUPT_BIT, DATA_FILE_BIT] = [0x2n, 0x4n];

/** Reads the header at the beginning of a qcow2 file; null when there are not even its fixed fields. */
export function readQcow2Header(beginning: Uint8Array): Qcow2Header | null {
  if (beginning.length < HEADER_BYTES) return null;
  const data = new DataView(beginning.buffer, beginning.byteOffset, beginning.byteLength);
  const [version, clusterBits] = [data.getUint32(4), data.getUint32(20)];
  const backing = { offset: Number(data.getBigUint64(8)), length: data.getUint32(16) };
  const virtualBytes = Number(data.getBigUint64(24));
  const [levelOneEntries, levelOneOffset] = [data.getUint32(36), Number(data.getBigUint64(40))];
  const [refcountOffset, refcountClusters] = [Number(data.getBigUint64(48)), data.getUint32(56)];
  const features = version >= 3 && beginning.length >= 80 ? data.getBigUint64(72) : 0n;
  const clusterBytes = 2 ** Math.min(clusterBits, 31);
  const problems = [
    ...(version === 2 || version === 3 ? [] : [`version ${version} of qcow2 is not known`]),
    ...(clusterBits >= 9 && clusterBits <= 21 ? [] : [`clusters of 2^${clusterBits} bytes are impossible`]),
    ...(virtualBytes > 0 && virtualBytes % 512 === 0 ? [] : [`a size of ${virtualBytes} bytes is impossible`]),
    ...(levelOneOffset % clusterBytes === 0 && levelOneOffset > 0 ? [] : ['its first table does not begin at a cluster']),
    ...(refcountOffset % clusterBytes === 0 && refcountOffset > 0 ? [] : ['its table of reference counts does not begin at a cluster']),
    ...(levelOneOffset !== refcountOffset ? [] : ['its two tables lie in the same place']),
    ...(levelOneEntries >= entriesNeeded(virtualBytes, clusterBits) ? [] : ['its first table is too short for its size']),
    ...(backing.length <= LONGEST_BACKING_NAME ? [] : ['the name of its backing file is too long']),
    ...((features & CORRUPT_BIT) === 0n ? [] : ['QEMU has marked it as corrupt']),
  ];
  return {
    version,
    virtualBytes,
    backing: backing.offset === 0 ? null : backing,
    hasDataFile: (features & DATA_FILE_BIT) !== 0n,
    tables: [
      { part: 'the first table', end: levelOneOffset + levelOneEntries * 8 },
      { part: 'the table of reference counts', end: refcountOffset + refcountClusters * clusterBytes },
    ],
    problems,
  };
}

/** Each entry of the first table leads to one cluster of entries of 8 bytes, each of which leads to one cluster of data. */
function entriesNeeded(virtualBytes: number, clusterBits: number): number {
  return Math.ceil(virtualBytes / 2 ** (2 * clusterBits - 3));
}
