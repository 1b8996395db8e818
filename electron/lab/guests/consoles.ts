/** What guests need of the consoles; the service itself belongs to a noun further right and is given by createLab. */
export interface GuestConsole {
  /** The offset of the machine's first byte in the console's log. */
  readonly start: number;
  bytes(listener: (bytes: Uint8Array) => void): () => void;
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when every byte of the port is in the log. */
  readonly closed: Promise<void>;
}

export interface GuestConsoles {
  attach(id: string, source: { readonly socketPath: string; readonly logfile?: string }): Promise<GuestConsole>;
  search(id: string, query: { readonly kind: 'text' | 'expression'; readonly pattern: string; readonly limit: number }, signal?: AbortSignal): Promise<{ matches: readonly { readonly offset: number }[] }>;
}
