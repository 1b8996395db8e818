import type { LabClient } from '../../electron/contract/contract.ts';

/** One open line to the lab for the contract's procedures. */
export interface RpcChannel {
  readonly client: LabClient;
  /** Resolves with a reason for people when the line is gone; never rejects. */
  readonly closed: Promise<string>;
  close(): void;
}

/** What a console's raw channel tells its viewer. */
export interface ConsoleListener {
  bytes(offset: number, bytes: Uint8Array): void;
  closed(reason: string): void;
}

/** One viewer's cursor into a console. Offsets count the bytes of the whole log. */
export interface ConsoleChannel {
  /** Types into the guest. */
  send(bytes: Uint8Array): void;
  /** Says that everything before `offset` is on the screen, so that the lab sends more. */
  acknowledge(offset: number): void;
  close(): void;
}

/** What a screen's raw channel tells its viewer: bytes of RFB as they come. */
export interface ScreenListener {
  bytes(bytes: Uint8Array<ArrayBuffer>): void;
  closed(reason: string): void;
}

/** One viewer's own connection to the screen of a guest. */
export interface ScreenChannel {
  send(bytes: Uint8Array): void;
  close(): void;
}

/** A way to a lab: a WebSocket in a browser, a relayed port in Electron, a message channel in tests. */
export interface Transport {
  readonly shell: 'electron' | 'browser' | 'test';
  /** Rejects with an Error when nobody answers. */
  readonly openRpc: () => Promise<RpcChannel>;
  readonly openConsole: (id: string, from: number, listener: ConsoleListener) => Promise<ConsoleChannel>;
  readonly openScreen: (guest: string, listener: ScreenListener) => Promise<ScreenChannel>;
}
