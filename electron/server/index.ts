// The lab's process. A shell starts it (client/startLab); it lives as long as somebody or something needs it.
import { readSettings } from './options.ts';
import { repair } from './repair.ts';
import { runLab } from './runLab.ts';

process.title = 'petri-lab';
const args = process.argv.slice(2);
if (args[0] === '--repair') repair(args[1]);
else await runLab(readSettings(args, process.env));
// All is closed; a library's stray handle must not keep a lab without doors.
process.exit();
