import { describe, expect, it } from 'vitest';
import { redact } from '../../../electron/core/diagnostics/redact.ts';

const secrets = { homeDirectories: ['/home/ada.l', '/srv/homes/ada'], userNames: ['ada'] };
const cover = (text: string) => redact(text, secrets).text;

describe('redaction', () => {
  it.each([
    ['/home/ada.l/.local/share/petri', '~/.local/share/petri'],
    ['/srv/homes/ada/lab.sqlite', '~/lab.sqlite'],
    ['/home/grace/disk.img and /Users/grace/x', '~/disk.img and ~/x'],
    ['C:\\Users\\grace\\petri', '~\\petri'],
    ['ada: ada@lab and (ada)', '<user>: <user>@lab and (<user>)'],
    ['http://127.0.0.1:4000/?token=s3cr3t-t0ken&x=1', 'http://127.0.0.1:4000/?token=<secret>&x=1'],
    ['{"token":"s3cr3t","port":1}', '{"token":"<secret>","port":1}'],
    ['Authorization: Bearer abcdef0123456789', 'Authorization: Bearer <secret>'],
    ['PASSWORD=hunter2 npm', 'PASSWORD=<secret> npm'],
    ['https://me:pass@host/x', 'https://<secret>@host/x'],
    ['mail grace.hopper@navy.example.org', 'mail <address>'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----', '<private key>'],
  ])('covers %j', (text, covered) => {
    expect(cover(text)).toBe(covered);
  });

  it.each([['a canada in Ramada'], ['qemu-system-i386 -m 64'], ['/usr/bin/qemu'], ['/home'], ['tokens are 3'], ['ab'.repeat(32)]])('leaves %j as it is', (text) => {
    expect(redact(text, secrets)).toEqual({ text, redactions: 0 });
  });

  it('counts what it covered', () => {
    expect(redact('/home/x/a /home/y/b ada', secrets).redactions).toBe(3);
  });

  it('does not take a name of two letters, or root, out of every word', () => {
    expect(redact('root may do it', { homeDirectories: ['/'], userNames: ['root', 'it'] }).text).toBe('root may do it');
  });

  it('is done in a moment on a hostile text', () => {
    for (const text of ['token='.repeat(50_000), `Bearer ${' '.repeat(200_000)}`, `${'a.'.repeat(100_000)}@`, '-----BEGIN PRIVATE KEY-----'.repeat(2_000)]) redact(text, secrets);
  }, 5_000);
});
