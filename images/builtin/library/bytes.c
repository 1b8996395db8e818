#include "bytes.h"

void *memcpy(void *to, const void *from, size_t length)
{
	uint8_t *out = to;
	const uint8_t *in = from;

	while (length--)
		*out++ = *in++;
	return to;
}

void *memset(void *to, int value, size_t length)
{
	uint8_t *out = to;

	while (length--)
		*out++ = (uint8_t)value;
	return to;
}

size_t text_length(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

bool text_equal(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

void text_copy(char *to, const char *from, size_t capacity)
{
	while (capacity > 1 && *from)
		*to++ = *from++, capacity--;
	*to = 0;
}

bool number_parse(const char **text, char end, uint32_t *value)
{
	const char *at = *text;
	uint32_t number = 0;

	if (*at < '0' || *at > '9')
		return false;
	for (; *at >= '0' && *at <= '9'; at++) {
		uint32_t digit = (uint32_t)(*at - '0');

		if (number > (UINT32_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	if (*at != end && !(end == 0 && *at == ' '))
		return false;
	*text = *at && end ? at + 1 : at;
	*value = number;
	return true;
}
