/* The text of `flood`: each line names its own offset, so a lost byte is found where it was lost. */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdint.h>

#define PATTERN_LINE 64

/* Eight hexadecimal digits of the offset, a space, 53 printable bytes that shift from line to line, "\r\n". */
void pattern_line(char line[PATTERN_LINE], uint32_t offset);

#endif
