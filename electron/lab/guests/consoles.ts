/** What guests need of the consoles; the service itself belongs to a noun further right and is given by createLab. */
export interface GuestConsole {
  bytes(listener: (bytes: Uint8Array) => void): () => void;
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when every byte of the port is in the log. */
  readonly closed: Promise<void>;
}

export interface GuestConsoles {
  attach(id: string, source: { readonly socketPath: string; readonly logfile?: string }): Promise<GuestConsole>;
}
