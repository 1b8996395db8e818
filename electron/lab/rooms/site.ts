import type { DockerEnvironment } from '../../host/docker/contexts.ts';
import type { DataDirectory } from '../../host/storage/dataDirectory.ts';
import type { RecentLog } from '../diagnostics/diagnostics.ts';
import type { Log } from '../log.ts';

/** What a lab is made with. */
export interface LabOptions {
  readonly dataDirectory: string;
  /** A short directory of mode 0700 for sockets. */
  readonly runDirectory: string;
  readonly resourcesDirectory: string;
  readonly imagesDirectory: string;
  /** Identifies the bundle; `development` when run from sources. */
  readonly build: string;
  readonly version: string;
  readonly log: Log;
  /** Where Docker's contexts are looked for, instead of this process's own environment. */
  readonly docker?: DockerEnvironment;
  /** Searched for QEMU instead of PATH. */
  readonly qemuSearchPath?: string;
  /** Whether the capability board is filled in the background from the start, which boots the built-in guest; true when absent. */
  readonly probeHost?: boolean;
}

/** What the rooms of the lab stand on. */
export interface Site extends Pick<Closers, 'open'> {
  readonly options: LabOptions;
  readonly data: DataDirectory;
  readonly recentLog: RecentLog;
  readonly log: Log;
}

interface Disposable {
  dispose(): void | Promise<void>;
}

/** Closes what was opened, in the opposite order. */
export interface Closers {
  /** Answers the service itself; it is disposed of when the lab ends. */
  readonly open: <Service extends Disposable>(service: Service) => Service;
  readonly closeAll: () => Promise<void>;
}

export function createClosers(): Closers {
  const opened: Disposable[] = [];
  return {
    open(service) {
      opened.push(service);
      return service;
    },
    async closeAll() {
      const failures: unknown[] = [];
      for (const service of opened.splice(0).reverse()) {
        try {
          await service.dispose();
        } catch (error) {
          // The others are closed all the same: the last of them lets go of the data directory.
          failures.push(error);
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, 'the lab did not end cleanly');
    },
  };
}
