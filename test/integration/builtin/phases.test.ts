import { describe, expect, test } from 'vitest';
import { startGuest } from '../../support/qemuGuest.ts';
import { ARCHITECTURES, describeMachines, phaseNames, phasesSeen } from './machines.ts';

describeMachines(ARCHITECTURES, (machine) => {
  describe.each(phaseNames(machine).map((name, index) => ({ name, index })))('when the work of $name is not done', ({ name, index }) => {
    test('its check finds that out: no line for it, one line that says why, and nothing after', async () => {
      const guest = startGuest({ ...machine, append: `skip=${name}` });
      await guest.waitFor(/^petri: .*\r\n/m);
      expect(phasesSeen(guest.text())).toEqual(phaseNames(machine).slice(0, index));
      expect(guest.text()).toMatch(new RegExp(`petri: ${name} failed: [^\\r\\n]+\\r\\n$`));
    });
  });
});
