/** How long packets were on the wire, from a file of them (libpcap, microseconds, little-endian), of which each may be cut to its first bytes. */
export interface PacketLengths {
  /** Takes the next bytes, in pieces of any size. Throws RangeError for a file that is none. */
  take(bytes: Uint8Array): void;
  /** Of the packets that are whole by now. */
  totals(): { readonly packets: number; readonly bytes: number };
}

const MAGIC = 0xa1b2c3d4;
const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;

export function createPacketLengths(): PacketLengths {
  let [rest, isBegun, packets, total] = [new Uint8Array(0), false, 0, 0];
  return {
    take(piece) {
      const bytes = new Uint8Array(rest.length + piece.length);
      bytes.set(rest);
      bytes.set(piece, rest.length);
      const view = new DataView(bytes.buffer);
      let at = 0;
      if (!isBegun && bytes.length >= FILE_HEADER_BYTES) {
        if (view.getUint32(0, true) !== MAGIC) throw new RangeError('it is no file of packets');
        [isBegun, at] = [true, FILE_HEADER_BYTES];
      }
      while (isBegun && at + PACKET_HEADER_BYTES <= bytes.length) {
        const end = at + PACKET_HEADER_BYTES + view.getUint32(at + 8, true);
        if (end > bytes.length) break;
        packets += 1;
        total += view.getUint32(at + 12, true);
        at = end;
      }
      rest = bytes.slice(at);
    },
    totals: () => ({ packets, bytes: total }),
  };
}
