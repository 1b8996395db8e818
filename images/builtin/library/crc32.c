#include "crc32.h"

#define POLYNOMIAL 0xedb88320u

/* Four bits at a time: a table of 16 is small and fast enough. */
static uint32_t four_bits(uint32_t crc)
{
	for (int bit = 0; bit < 4; bit++)
		crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
	return crc;
}

uint32_t crc32(uint32_t crc, const void *bytes, uint32_t length)
{
	uint32_t table[16];

	for (uint32_t at = 0; at < 16; at++)
		table[at] = four_bits(at);
	crc = ~crc;
	for (const uint8_t *at = bytes; length; at++, length--) {
		crc ^= *at;
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}
