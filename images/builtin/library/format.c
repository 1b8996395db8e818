#include "format.h"

#include "bytes.h"

static void put_text(put_function *put, void *context, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			put(context, '\r');
		put(context, *text);
	}
}

static void put_padding(put_function *put, void *context, uint32_t length, uint32_t width)
{
	for (; length < width; length++)
		put(context, ' ');
}

static void put_number(put_function *put, void *context, uint32_t number, uint32_t width)
{
	char digits[11];
	char *at = digits + sizeof digits - 1;

	*at = 0;
	do {
		*--at = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	put_padding(put, context, text_length(at), width);
	put_text(put, context, at);
}

static void put_hexadecimal(put_function *put, void *context, uint32_t number)
{
	put_text(put, context, "0x");
	for (int shift = 28; shift >= 0; shift -= 4) {
		uint32_t digit = number >> shift & 15;

		put(context, (char)(digit < 10 ? '0' + digit : 'a' + digit - 10));
	}
}

void format(put_function *put, void *context, const char *template, va_list arguments)
{
	for (; *template; template++) {
		uint32_t width = 0;

		if (*template != '%') {
			char text[2] = { *template, 0 };

			put_text(put, context, text);
			continue;
		}
		while (*++template >= '0' && *template <= '9')
			width = width * 10 + (uint32_t)(*template - '0');
		if (*template == 's') {
			const char *text = va_arg(arguments, const char *);

			put_text(put, context, text);
			put_padding(put, context, text_length(text), width);
		} else if (*template == 'u') {
			put_number(put, context, va_arg(arguments, uint32_t), width);
		} else if (*template == 'd') {
			int32_t number = va_arg(arguments, int32_t);

			if (number < 0)
				put(context, '-');
			put_number(put, context, number < 0 ? 0u - (uint32_t)number : (uint32_t)number, width);
		} else if (*template == 'x') {
			put_hexadecimal(put, context, va_arg(arguments, uint32_t));
		} else if (*template == 'c') {
			put(context, (char)va_arg(arguments, int));
		} else {
			put(context, *template);
		}
	}
}
