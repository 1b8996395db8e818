import { CONTRACT_VERSION } from '../../contract/version.ts';

/** What both sides say of themselves. */
export interface Version {
  readonly contract: number;
  readonly build: string;
}

/** A build that was not bundled: run from sources, as tests and developers do. It fits every build of its contract. */
export const DEVELOPMENT_BUILD = 'development';

/**
 * A shell and a lab understand each other when their contracts are of one version and they come from one build: a
 * newer shell on an older lab would show what that lab cannot do.
 */
export function fits(lab: Version, shell: Version): boolean {
  const sameBuild = lab.build === shell.build || [lab.build, shell.build].includes(DEVELOPMENT_BUILD);
  return lab.contract === shell.contract && sameBuild;
}

/** The contract's version beside a build. */
export const versionOf = (build: string): Version => ({ contract: CONTRACT_VERSION, build });
