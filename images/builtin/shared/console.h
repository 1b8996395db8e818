/* The console: the serial line as the server's processes see it. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "evidence.h"
#include "process.h"

/* Takes what the device received and tells the server when somebody waits for it. */
void console_interrupt(void);
/* Both return how many bytes were moved, or a negative error. A read of nothing yet asks for a notification. */
int32_t console_read(const struct process *owner, uint32_t address, uint32_t length);
int32_t console_write(const struct process *owner, uint32_t address, uint32_t length);

/* The phase shell_prompt: lets the shell run; it must come to read the console. */
void shell_prompt_work(void);
const char *shell_prompt_check(struct evidence *evidence);

#endif
