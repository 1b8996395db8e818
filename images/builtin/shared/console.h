/* The console: the serial line, and on request a screen with a keyboard, as the server's processes see it. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "evidence.h"
#include "process.h"

/* Makes it ready to print; `console=vga` on the command line is obeyed from here on. */
void console_start(void);
void console_put(uint8_t byte);

/* Takes what the devices received and tells the server when somebody waits for it. */
void console_interrupt(void);
/* Both return how many bytes were moved, or a negative error. A read of nothing yet asks for a notification. */
int32_t console_read(const struct process *owner, uint32_t address, uint32_t length);
int32_t console_write(const struct process *owner, uint32_t address, uint32_t length);

/* The phase shell_prompt: lets the shell run; it must come to read the console. */
void shell_prompt_work(void);
const char *shell_prompt_check(struct evidence *evidence);

#endif
