/* Formatted text for the kernel and the processes. */
#ifndef FORMAT_H
#define FORMAT_H

#include <stdarg.h>
#include <stdint.h>

typedef void put_function(void *context, char byte);

/*
 * Knows %s, %u, %d, %c, %x (as 0x and eight digits) and %%; a width pads %s on the right and numbers on the left.
 * A newline is sent as a carriage return and a newline, as a serial terminal needs it.
 */
void format(put_function *put, void *context, const char *template, va_list arguments);

#endif
