#include "pattern.h"

void pattern_line(char line[PATTERN_LINE], uint32_t offset)
{
	uint32_t number = offset / PATTERN_LINE;

	for (int at = 0; at < 8; at++) {
		uint32_t digit = offset >> (28 - 4 * at) & 15;

		line[at] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
	}
	line[8] = ' ';
	for (uint32_t at = 9; at < PATTERN_LINE - 2; at++)
		line[at] = (char)('!' + (number * 7 + at) % 94);
	line[PATTERN_LINE - 2] = '\r';
	line[PATTERN_LINE - 1] = '\n';
}
