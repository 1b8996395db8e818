import type { ArmedInstrument, Zero } from '../../core/instruments/instrument.ts';

/** No instrument at all: each chunk counts when the console hands it over. What an instrument costs is measured against it. */
export function armNothing(): ArmedInstrument {
  let zero: Zero = { wallNs: 0n, monotonicNs: 0n };
  return {
    trace: null,
    connect: (serialSocket, spawn) => {
      zero = spawn;
      return Promise.resolve(serialSocket);
    },
    samples: (bytes) => ({ bytes, stampsNs: new Float64Array(bytes.length).fill(Number(process.hrtime.bigint() - zero.monotonicNs)) }),
    disarm: () => Promise.resolve(),
    dispose: () => Promise.resolve(),
  };
}
