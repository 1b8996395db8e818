// The lab's process. A shell starts it (client/startLab); it lives as long as somebody or something needs it.
import { readSettings } from './options.ts';
import { runLab } from './runLab.ts';

process.title = 'petri-lab';
await runLab(readSettings(process.argv.slice(2), process.env));
// All is closed; a library's stray handle must not keep a lab without doors.
process.exit();
