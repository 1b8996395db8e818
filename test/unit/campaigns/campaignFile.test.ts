import { describe, expect, it } from 'vitest';
import { orderSteps } from '../../../electron/core/campaigns/orderSteps.ts';
import { readCampaign } from '../../../electron/core/campaigns/readCampaign.ts';
import { bootsOf, stepRequest } from '../../../electron/core/campaigns/stepRequest.ts';
import { parseCampaignText } from '../../../electron/host/campaigns/campaignText.ts';
import { failureOf } from '../../support/refusal.ts';

const read = (text: string) => {
  const { data, lineOf } = parseCampaignText(text);
  return readCampaign(data, lineOf);
};

const good = `name: Two guests
question: Which one boots faster?
defaults:
  runs: 5
steps:
  - name: boots
    measure: boot
    guests: [builtin-i386, builtin-arm]
  - name: calls
    measure: syscalls
    guests: [builtin-i386]
    load: calls 1000
    runs: 2
    after: [boots]
`;

describe('a campaign file', () => {
  it('is read with its defaults, and each step becomes a request', () => {
    const file = read(good);
    const [boots, calls] = file.steps;
    if (boots === undefined || calls === undefined) throw new Error('two steps were expected');
    expect(stepRequest(file, boots, ['g1', 'g2'])).toEqual({
      kind: 'boot', subjects: [{ guest: 'g1' }, { guest: 'g2' }], runs: 5, control: true, name: 'Two guests: boots', question: 'Which one boots faster?',
    });
    expect(stepRequest(file, calls, ['g1'])).toMatchObject({ kind: 'syscalls', runs: 2, control: false, events: { load: 'calls 1000' } });
    expect(bootsOf(file, boots, { runs: 10, warmUps: 1 })).toBe((5 + 1) * 3);
    expect(bootsOf(file, calls, { runs: 10, warmUps: 1 })).toBe(2 + 1);
  });

  it.each([
    { what: 'an unknown key', text: good.replace('    load: calls 1000', '    lod: calls 1000'), line: 9, words: /lod/ },
    { what: 'a kind that is none', text: good.replace('measure: syscalls', 'measure: syscall'), line: 10, words: /boot/ },
    { what: 'no runs', text: good.replace('runs: 2', 'runs: 0'), line: 13, words: />=1/ },
    { what: 'a step twice', text: good.replace('name: calls', 'name: boots'), line: 9, words: /another step is called boots/ },
    { what: 'a step that waits for nobody', text: good.replace('after: [boots]', 'after: [boot]'), line: 14, words: /no step is called boot/ },
    { what: 'a key twice', text: `${good}name: Again\n`, line: 15, words: /unique/ },
    { what: 'no YAML', text: 'name: [', line: 1, words: /./ },
  ])('with $what is refused at its line', async ({ text, line, words }) => {
    const failure = await failureOf(() => read(text));
    expect(failure.code).toBe('CAMPAIGN_INVALID');
    const [issue] = failure.code === 'CAMPAIGN_INVALID' ? failure.details.issues : [];
    expect(issue?.message).toMatch(words);
    expect(issue?.line).toBe(line);
  });

  it('that would become huge by aliases is refused', async () => {
    const levels = Array.from({ length: 12 }, (_, level) => `a${level}: &a${level} [${Array.from({ length: 10 }, () => (level === 0 ? 'x' : `*a${level - 1}`)).join(', ')}]`);
    expect((await failureOf(() => read(levels.join('\n')))).code).toBe('CAMPAIGN_INVALID');
  });
});

describe('the order of steps', () => {
  it('is that of the file where nobody waits, and puts each after those it waits for', () => {
    expect(orderSteps([{ name: 'c', after: ['a'] }, { name: 'a', after: [] }, { name: 'b', after: [] }])).toEqual(['a', 'c', 'b']);
  });

  it('of a ring is refused with the ring alone', async () => {
    const failure = await failureOf(() => orderSteps([{ name: 'a', after: [] }, { name: 'd', after: ['b'] }, { name: 'b', after: ['c'] }, { name: 'c', after: ['b'] }]));
    expect(failure).toEqual({ code: 'CAMPAIGN_CYCLE', details: { cycle: ['b', 'c'] } });
  });

  it('of a step that waits for itself is refused', async () => {
    expect(await failureOf(() => orderSteps([{ name: 'a', after: ['a'] }]))).toMatchObject({ code: 'CAMPAIGN_CYCLE', details: { cycle: ['a'] } });
  });
});
