import { describe, expect, it } from 'vitest';
import { settings } from '../../../electron/contract/settings.ts';
import { campaignNotes } from '../../../electron/core/campaigns/campaignNotes.ts';
import { orderSteps } from '../../../electron/core/campaigns/orderSteps.ts';
import { readCampaign } from '../../../electron/core/campaigns/readCampaign.ts';
import { bootsOf, stepRequest } from '../../../electron/core/campaigns/stepRequest.ts';
import { parseCampaignText } from '../../../electron/host/campaigns/campaignText.ts';
import { failureOf } from '../../support/refusal.ts';

const read = (text: string) => {
  const { data, lineOf } = parseCampaignText(text);
  return readCampaign(data, lineOf);
};

const { memoryModel } = settings.parse({});

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
    expect(stepRequest(file, boots, { guests: ['g1', 'g2'], memoryModel })).toEqual({
      kind: 'boot', subjects: [{ guest: 'g1' }, { guest: 'g2' }], runs: 5, control: true, name: 'Two guests: boots', question: 'Which one boots faster?',
    });
    expect(stepRequest(file, calls, { guests: ['g1'], line: 'calls 1000', memoryModel })).toMatchObject({ kind: 'syscalls', runs: 2, control: false, events: { load: 'calls 1000' } });
    expect(bootsOf(file, boots, { runs: 10, warmUps: 1 })).toEqual({ boots: (5 + 1) * 3, control: 6 });
    expect(bootsOf(file, calls, { runs: 10, warmUps: 1 })).toEqual({ boots: 2 + 1, control: 0 });
  });

  it('says of a step everything that a measurement can be told', () => {
    const words = '{ name: all, measure: memory, guests: [a, b], load: { type: ls }, instrument: plugin, model: "dtlb=32x2", profile: 1000, symbols: /boot/k, logicalTime: true, accelerator: tcg, arguments: ["", x=1], durationSeconds: 3, warmUps: 0, traceLimitMegabytes: 5, control: false, question: Why?, metrics: [pageFaults], timeLimitSeconds: 9, seed: 4 }';
    const file = read(`name: All\nsteps:\n  - ${words}\n`);
    expect(stepRequest(file, file.steps[0] ?? expect.fail('no step'), { guests: ['g1', 'g2'], line: 'ls', memoryModel })).toEqual({
      kind: 'memory', name: 'All: all', question: 'Why?', warmUps: 0, timeLimitSeconds: 9, seed: 4, control: false,
      subjects: [{ guest: 'g1', accelerator: 'tcg', extraArguments: '' }, { guest: 'g2', accelerator: 'tcg', extraArguments: 'x=1' }],
      events: { load: 'ls', instrument: 'plugin', model: { ...memoryModel, dataTlb: { sets: 32, ways: 2 } }, profileEvery: 1_000, symbolFile: '/boot/k', logicalTime: true, durationSeconds: 3, metrics: ['pageFaults'], traceLimitBytes: 5_000_000 },
    });
  });

  it('has an instrument that stamps beside one that sees events', () => {
    const file = read('name: S\nsteps: [{ name: s, measure: boot, guests: [a], instrument: serialSocket }]\n');
    const request = stepRequest(file, file.steps[0] ?? expect.fail('no step'), { guests: ['g'], memoryModel });
    expect(request).toMatchObject({ instrument: 'serialSocket' });
    expect(request).not.toHaveProperty('events');
  });

  it('means, beside its boots, ratios only where systems differ, and the cost of controls', () => {
    const file = read(good);
    expect(campaignNotes(file, { tablesOf: ({ guests }) => guests, controlBoots: 6 })).toEqual([
      'Step boots compares different systems (builtin-i386, builtin-arm): it gives ratios only, of what they share, and no verdicts.',
      '6 of the boots are A/A controls, which show how much two equal guests differ; "control: false" does without them.',
    ]);
    expect(campaignNotes(file, { tablesOf: () => ['one'], controlBoots: 0 })).toEqual([]);
  });

  it.each([
    { what: 'an unknown key', text: good.replace('    load: calls 1000', '    lod: calls 1000'), line: 12, words: /^there is no key "lod" here$/ },
    { what: 'a kind that is none', text: good.replace('measure: syscalls', 'measure: syscall'), line: 10, words: /^it must be boot, .* or \w+$/ },
    { what: 'no runs', text: good.replace('runs: 2', 'runs: 0'), line: 13, words: /^it must be at least 1$/ },
    { what: 'a step twice', text: good.replace('name: calls', 'name: boots'), line: 9, words: /another step is called boots/ },
    { what: 'a step that waits for nobody', text: good.replace('after: [boots]', 'after: [boot]'), line: 14, words: /no step is called boot/ },
    { what: 'a key twice', text: `${good}name: Again\n`, line: 15, words: /unique/ },
    { what: 'a load in a boot', text: good.replace('guests: [builtin-i386, builtin-arm]', 'guests: [builtin-i386]\n    load: calls:5'), line: 9, words: /ends with its last phase/ },
    { what: 'a model that is none', text: good.replace('runs: 5', 'model: l1d=63x8x64'), line: 4, words: /l1d=63x8x64/ },
    { what: 'a list of accelerators that fits no guests', text: good.replace('    runs: 2', '    accelerator: [tcg, kvm]'), line: 13, words: /one for each of the 1 guests/ },
    { what: 'logical time without its emulator', text: good.replace('    runs: 2', '    logicalTime: true\n    accelerator: kvm'), line: 13, words: /clock of tcg only/ },
    { what: 'symbols from nowhere', text: good.replace('    runs: 2', '    symbols: vmlinux'), line: 13, words: /whole path/ },
    { what: 'an instrument that is none', text: good.replace('    runs: 2', '    instrument: eyes'), line: 13, words: /plugin/ },
    { what: 'a profile that is too dense', text: good.replace('    runs: 2', '    profile: 5'), line: 13, words: /^it must be at least 100$/ },
    { what: 'nothing', text: '', line: null, words: /^it must be keys with values$/ },
    { what: 'no steps', text: 'name: A', line: null, words: /^this key is missing$/ },
    { what: 'a number in words', text: good.replace('runs: 2', 'runs: two'), line: 13, words: /^it must be a number$/ },
    { what: 'a name with a space', text: good.replace('name: calls', 'name: my calls'), line: 9, words: /small letters, digits and hyphens/ },
    { what: 'no guests', text: good.replace('guests: [builtin-i386]', 'guests: []'), line: 11, words: /^it must have at least 1 entry$/ },
    { what: 'a load that is a number', text: good.replace('load: calls 1000', 'load: 1000'), line: 12, words: /^it must be a text, or keys with values$/ },
    { what: 'a load that is said wrongly', text: good.replace('load: calls 1000', 'load: { type: ls, lines: 2 }'), line: 12, words: /^there is no key "lines" here$/ },
    { what: 'an accelerator that is none, in a list', text: good.replace('    runs: 2', '    accelerator: [tcg, foo]'), line: 13, words: /^it must be kvm, .* or tcg$/ },
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
