import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The real program on PATH. */
function realQemu(): string {
  return execFileSync('sh', ['-c', 'command -v qemu-system-i386'], { encoding: 'utf8' }).trim();
}

/** A directory with a `qemu-system-i386` that runs the real one with other arguments or environment; for the search path. */
export function wrapQemu(directory: string, { environment = '', extra = '' }: { environment?: string; extra?: string }): string {
  const folder = join(directory, 'wrapped');
  mkdirSync(folder);
  const program = join(folder, 'qemu-system-i386');
  writeFileSync(program, `#!/bin/sh\nexec env ${environment} ${realQemu()} "$@" ${extra}\n`);
  chmodSync(program, 0o755);
  return [folder].join(delimiter);
}

/** After this many readings the wall clock of the program is set back by three seconds. */
const STEP_AFTER = 300;

const source = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/time.h>
static int readings;
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  static int (*real)(struct timeval *, void *);
  if (!real) real = (int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, "gettimeofday");
  int result = real(now, zone);
  if (++readings > ${STEP_AFTER}) now->tv_sec -= 3;
  return result;
}
`;

/** Compiles a library that, loaded before QEMU's own, sets QEMU's wall clock back in the middle of a boot. */
export function compileClockStep(directory: string): string {
  const file = join(directory, 'clockStep.c');
  const library = join(directory, 'clockStep.so');
  writeFileSync(file, source);
  execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-o', library, file, '-ldl']);
  return library;
}
