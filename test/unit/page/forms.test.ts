// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { expect, test } from 'vitest';
import type { Guest } from '../../../electron/contract/guests.ts';
import ChoiceRows from '../../../renderer/components/ChoiceRows.vue';
import NameFields from '../../../renderer/components/NameFields.vue';
import EditGeneral from '../../../renderer/features/guests/EditGeneral.vue';
import { systemOf } from '../../../renderer/features/guests/guestState.ts';

const ways = [{ value: false, title: 'Copy it', why: 'The file stays.' }, { value: true, title: 'Use it where it is' }];

test('of the ways one is chosen, each is named with its reason, and choosing another one tells', async () => {
  const rows = mount(ChoiceRows, { props: { legend: 'How', choices: ways, modelValue: false } });
  const radios = rows.findAll<HTMLInputElement>('input[type=radio]');
  expect([rows.get('legend').text(), ...rows.findAll('label').map((label) => label.text())]).toEqual(['How', 'Copy it The file stays.', 'Use it where it is']);
  expect(radios.map(({ element }) => element.checked)).toEqual([true, false]);
  expect(new Set(radios.map(({ element }) => element.name)).size).toBe(1);
  await radios[1]?.setValue(true);
  expect(rows.emitted('update:modelValue')).toEqual([[true]]);
});

test('a thing without notes is asked for its name alone', async () => {
  const named = mount(NameFields, { props: { name: 'Root' } });
  expect(named.find('textarea').exists()).toBe(false);
  await named.get('input').setValue('Home');
  expect(named.emitted('update:name')).toEqual([['Home']]);
  expect(mount(NameFields, { props: { name: 'Root', notes: '' } }).find('textarea').exists()).toBe(true);
});

test('a section of the guest editor outside its form says so', () => {
  expect(() => mount(EditGeneral)).toThrow('no form of a guest');
});

test('a system is called as in the catalog, by its id while that is not known, and a guest of none is your own', () => {
  const guest = (catalogEntry: string | null): Guest => ({ definition: { catalogEntry } }) as Guest;
  const catalog = new Map([['minix3-i386', { name: 'MINIX 3.4.0-rc6' }]]);
  expect(['minix3-i386', 'plan9', null].map((entry) => systemOf(guest(entry), catalog))).toEqual(['MINIX 3.4.0-rc6', 'plan9', 'Your own']);
});
