/* A line editor for a serial terminal: echo, backspace, Ctrl-U, Ctrl-C. */
#ifndef EDITOR_H
#define EDITOR_H

#include <stdint.h>

#define LINE_BYTES 80

struct editor {
	char received[32]; /* read and not yet looked at */
	uint32_t at, end;
	char before; /* the byte looked at last */
	uint32_t cancellations; /* how often Ctrl-C was looked at; when the kernel counted more, one waits in the input */
	char line[LINE_BYTES];
	uint32_t length;
};

/* Reads one line into `line`, without its end; an empty one after Ctrl-C. */
void editor_read_line(struct editor *editor);
/* Throws away what was typed up to a Ctrl-C that waits in the input. */
void editor_discard(struct editor *editor);
/* Asks the server for nothing, which shows that there is a console to read. */
void editor_open(void);

#endif
