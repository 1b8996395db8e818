/** One end of a line of bytes: a serial port, a login, QEMU's monitor. It is read as fast as bytes come. */
export interface BytePort {
  /** Begins to read; one listener takes all bytes. The buffer is the listener's to keep. */
  read(listener: (bytes: Uint8Array) => void): void;
  /** Resolves when the other end's system took the bytes; rejects when it is gone. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when either end closed the line and every byte was read. */
  readonly closed: Promise<undefined>;
  close(): void;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What a terminal has until a viewer says its size. */
export const FIRST_SIZE: TerminalSize = { columns: 80, rows: 24 };

/** A line to something that draws on a terminal, and wants to know its size. */
export interface TerminalPort extends BytePort {
  resize(columns: number, rows: number): void;
}
