import { describe, expect, test } from 'vitest';
import { decodeFrame } from '../../../electron/contract/consoleFrame.ts';
import type { Lab } from '../../../electron/lab/createLab.ts';
import { makeLabPlace } from '../../support/labPlace.ts';
import { hasProgram } from '../../support/qemuGuest.ts';

const FLOOD_BYTES = 200_000;
const PINGS = 40;
/** On two cores a flooding guest, the lab and the other guest share them; without fair turns this would be hundreds. */
const SLOWEST = 25;

/** All of a console from now on, as text, and a promise of the first match in it. */
function follow({ consoles }: Lab, id: string) {
  let text = '';
  let look: () => void = () => undefined;
  const viewer = consoles.view(id, 0, {
    send(frame) {
      const { offset, bytes } = decodeFrame(frame) ?? { offset: 0, bytes: new Uint8Array() };
      text += Buffer.from(bytes).toString('latin1');
      viewer.acknowledge(offset + bytes.length);
      look();
    },
    end: () => undefined,
  });
  return {
    until: (wanted: RegExp, from = 0): Promise<RegExpExecArray> =>
      new Promise((resolve) => {
        look = () => {
          const found = wanted.exec(text.slice(from));
          if (found !== null) resolve(found);
        };
        look();
      }),
    get length() {
      return text.length;
    },
    close: () => viewer.close(),
  };
}

describe.skipIf(!hasProgram('qemu-system-i386'))('a guest that floods its serial port', () => {
  test('loses nothing, and another guest answers meanwhile', async () => {
    const place = makeLabPlace();
    try {
      const { lab, client } = await place.open();
      const ids: string[] = [];
      for (const name of ['Floods', 'Answers']) {
        const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386', name });
        await client.guests.update({ id: definition.id, change: { accelerator: 'tcg' } });
        await client.guests.start({ id: definition.id });
        ids.push(`guest/${definition.id}/serial0`);
      }
      const [floods = '', answers = ''] = ids;
      const [flooding, answering] = [follow(lab, floods), follow(lab, answers)];
      await Promise.all([flooding.until(/petri# $/), answering.until(/petri# $/)]);
      /** The median time from a line to the answer to it, of several. */
      const pingMs = async (): Promise<number> => {
        const times: number[] = [];
        for (let ping = 0; ping < PINGS; ping += 1) {
          const from = answering.length;
          const began = performance.now();
          await lab.consoles.write(answers, Buffer.from(`x${ping}\r`));
          await answering.until(/unknown command: x\d+\r\npetri# $/, from);
          times.push(performance.now() - began);
        }
        return times.sort((a, b) => a - b)[Math.trunc(PINGS / 2)] ?? 0;
      };
      const quietMs = await pingMs();
      const from = flooding.length;
      await lab.consoles.write(floods, Buffer.from(`flood ${FLOOD_BYTES}\r`));
      const busyMs = await pingMs();
      const [flooded] = await flooding.until(/flood bytes=(\d+)\s[^]*petri# $/, from);
      expect(flooded).toContain(`flood bytes=${FLOOD_BYTES}`);
      expect(flooding.length - from).toBeGreaterThanOrEqual(FLOOD_BYTES);
      expect(busyMs / quietMs, `${busyMs.toFixed(1)} ms during the flood, ${quietMs.toFixed(1)} ms before`).toBeLessThan(SLOWEST);
      process.stderr.write(`a line is answered in ${quietMs.toFixed(2)} ms, during the flood in ${busyMs.toFixed(2)} ms\n`);
      flooding.close();
      answering.close();
    } finally {
      await place.close();
    }
  });
});
