/* Printing from a program: text is gathered and written through the server. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdint.h>

__attribute__((format(printf, 1, 2))) void print(const char *template, ...);
/* Writes the bytes as they are; returns how many the server says were written, or a negative error. */
int32_t write_bytes(const char *bytes, uint32_t length);

#endif
