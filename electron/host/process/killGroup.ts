/**
 * Ends a process that we started as the leader of its own group, with everything that it started itself. Only for a
 * leader that still runs: its number may be another's afterwards.
 */
export function killGroup(leader: number): void {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // It ended a moment ago.
  }
}
