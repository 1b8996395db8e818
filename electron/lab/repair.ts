// For the server alone: a repair happens without a lab, in the lab's program.
export { repairDatabase } from '../host/storage/repairDatabase.ts';
