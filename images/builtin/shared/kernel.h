/* The kernel's own voice and its end. */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdarg.h>
#include <stdbool.h>

/* Prints on the console. */
__attribute__((format(printf, 1, 2))) void kernel_print(const char *template, ...);

/* Prints `petri: REASON` and halts: what the kernel found must not be run on. */
__attribute__((format(printf, 1, 2))) _Noreturn void kernel_fail(const char *template, ...);

/* Runs one process until it traps (or waits for the hardware) and handles the trap; true when it was a tick. */
bool kernel_step(void);

#endif
