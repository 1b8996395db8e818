// Makes a table of Linux's system calls from a header of the kernel's user interface:
//   node build/linuxCalls.ts ID TITLE HEADER PACKAGE VERSION > resources/calls/ID.yaml
// HEADER is asm/unistd_32.h, unistd_64.h or ARM's unistd-common.h; PACKAGE and VERSION say of which Debian package it is.
import { readFileSync } from 'node:fs';

const [id = '', title = '', header = '', packageName = '', version = ''] = process.argv.slice(2);
const names = [...readFileSync(header, 'utf8').matchAll(/^#define __NR_(\w+) +\(?(?:__NR_SYSCALL_BASE *\+ *)?(\d+)\)?$/gm)].map(([, name, number]) => `  ${number ?? ''}: ${name ?? ''}`);
if (names.length < 300) throw new Error(`${header} has only ${names.length} calls`);

process.stdout.write(`id: ${id}
title: ${title}
source:
  title: ${header.split('/').slice(-2).join('/')} of Debian's package ${packageName}
  version: ${version}
  url: https://packages.debian.org/bookworm/${packageName}
licence: >-
  The names and numbers are facts of the interface; no text of the header was taken. The header itself is GPL-2.0 WITH Linux-syscall-note.
verified: null
numbers:
${names.join('\n')}
`);
