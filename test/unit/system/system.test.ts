import { describe, expect, it, vi } from 'vitest';
import { CONTRACT_VERSION } from '../../../electron/contract/version.ts';
import { fits } from '../../../electron/lab/system/hello.ts';
import { createSystem, type GuestsAtShutdown } from '../../../electron/lab/system/system.ts';
import { declared } from '../../support/declared.ts';

const contract = CONTRACT_VERSION;

describe('a shell and a lab', () => {
  it.each([
    ['of one build', { contract, build: 'a' }, { contract, build: 'a' }, true],
    ['of two builds', { contract, build: 'a' }, { contract, build: 'b' }, false],
    ['of which one runs from sources', { contract, build: 'a' }, { contract, build: 'development' }, true],
    ['of two contracts', { contract, build: 'a' }, { contract: contract + 1, build: 'a' }, false],
    ['of two contracts, from sources', { contract, build: 'development' }, { contract: contract + 1, build: 'development' }, false],
  ])('%s: they understand each other or not', (_, lab, shell, understood) => {
    expect([fits(lab, shell), fits(shell, lab)]).toEqual([understood, understood]);
  });
});

function systemWith(endGuests: (guests: GuestsAtShutdown) => Promise<void>) {
  return createSystem({ build: 'a', dataDirectory: '/data', adopted: ['MINIX'], log: () => undefined, endGuests });
}

describe('the system', () => {
  it('refuses a shell of another build with both versions', async () => {
    const { details } = await declared('VERSION_MISMATCH', () => systemWith(() => Promise.resolve()).hello({ contract, build: 'b' }));
    expect(details).toEqual({ labContract: contract, labBuild: 'a', shellContract: contract, shellBuild: 'b' });
  });

  it('sees to the guests first, answers, and only then tells of the end', async () => {
    const order: string[] = [];
    const system = systemWith((guests) => Promise.resolve(void order.push(guests)));
    const ended = new Promise<void>((resolve) => {
      system.onShutdown(() => {
        order.push('end');
        resolve();
      });
    });
    await system.shutdown('powerDown');
    order.push('answer');
    await ended;
    expect(order).toEqual(['powerDown', 'answer', 'end']);
  });

  it('goes on when the guests could not be ended', async () => {
    const ended = vi.fn();
    const system = systemWith(() => Promise.reject(new Error('QEMU hangs')));
    system.onShutdown(ended);
    await expect(system.shutdown('kill')).rejects.toThrow('QEMU hangs');
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).not.toHaveBeenCalled();
  });

  it('has no loopback door until a server attaches one', async () => {
    const { details } = await declared('NOT_FOUND', () => systemWith(() => Promise.resolve()).door());
    expect(details).toEqual({ noun: 'door', id: 'loopback' });
  });
});
