import { connectLab, type Connection } from '../../client/connectLab.ts';

declare const __PETRI_BUILD__: string | undefined;
declare const __PETRI_VERSION__: string | undefined;

export const build = typeof __PETRI_BUILD__ === 'string' ? __PETRI_BUILD__ : 'development';
export const version = typeof __PETRI_VERSION__ === 'string' ? __PETRI_VERSION__ : 'development';

/** The way from one command to its lab. */
export interface LabDoor {
  readonly dataDirectory: string | undefined;
  /** Rejects with LAB_UNREACHABLE when none runs and `start` is false. */
  connect(start: boolean): Promise<Connection>;
}

export function createLabDoor(dataDirectory: string | undefined): LabDoor {
  const named = dataDirectory === undefined ? {} : { dataDirectory };
  return { dataDirectory, connect: (start) => connectLab({ ...named, shell: 'terminal', build, start }) };
}

/** Opens the line, starts a lab where none runs, and closes the line when the action is done. */
export async function withLab<Value>(door: LabDoor, act: (connection: Connection) => Promise<Value>): Promise<Value> {
  const connection = await door.connect(true);
  try {
    return await act(connection);
  } finally {
    await connection.close();
  }
}
