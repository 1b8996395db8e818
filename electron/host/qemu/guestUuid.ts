import { createHash } from 'node:crypto';

/** The UUID of a guest's machine: always the same for one guest. Version 8 of RFC 9562, made from a digest. */
export function guestUuid(id: string): string {
  const bytes = createHash('sha256').update(`petri guest ${id}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
