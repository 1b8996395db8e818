export { decodeFrame, encodeFrame, type ConsoleFrame } from '../../contract/consoleFrame.ts';
