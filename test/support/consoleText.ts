import type { Lab } from '../../electron/lab/createLab.ts';

/** Waits until a guest's first serial console matches, and answers all of its text; the test's own limit is the limit. */
export function consoleText(lab: Pick<Lab, 'consoles'>, guest: string, wanted: RegExp): Promise<string> {
  const id = `guest/${guest}/serial0`;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const viewer = lab.consoles.view(id, 0, {
      send: (frame) => {
        // Each frame begins with the 64-bit offset of its first byte.
        const bytes = Buffer.from(frame.buffer, frame.byteOffset + 8, frame.byteLength - 8);
        const end = Number(Buffer.from(frame.buffer, frame.byteOffset, 8).readBigUInt64BE()) + bytes.length;
        chunks.push(Buffer.from(bytes));
        const text = Buffer.concat(chunks).toString('utf8').replaceAll('\r', '');
        if (wanted.test(text)) {
          viewer.close();
          resolve(text);
        } else {
          viewer.acknowledge(end);
        }
      },
      end: () => reject(new Error(`the console ${id} ended`)),
    });
  });
}
