/* Memory and string functions that the kernel and the processes share. */
#ifndef BYTES_H
#define BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
size_t text_length(const char *text);
bool text_equal(const char *a, const char *b);
/* Copies as much of `from` as fits and always ends it. */
void text_copy(char *to, const char *from, size_t capacity);
/* Reads an unsigned decimal number that ends at `end`, or at a space or the text's end when `end` is 0; false if it is none or too large. */
bool number_parse(const char **text, char end, uint32_t *value);

#endif
