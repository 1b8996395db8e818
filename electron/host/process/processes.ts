export { createCommandLog, type CommandLog } from './commandLog.ts';
export { isAlive, processStartTime } from './processIdentity.ts';
export { runProcess } from './runProcess.ts';
