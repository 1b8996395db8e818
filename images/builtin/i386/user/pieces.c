#include "pieces.h"

/* dec %ecx; jnz over the next; ret; jmp rel32 (SDM vol. 2) */
void piece_write(uint32_t at, uint32_t next)
{
	static const uint8_t code[] = { 0x49, 0x75, 0x01, 0xc3, 0xe9 };
	volatile uint8_t *piece = (volatile uint8_t *)(uintptr_t)at;
	uint32_t distance = next - (at + sizeof code + sizeof(uint32_t));

	for (uint32_t byte = 0; byte < sizeof code; byte++)
		piece[byte] = code[byte];
	for (uint32_t byte = 0; byte < sizeof distance; byte++)
		piece[sizeof code + byte] = (uint8_t)(distance >> 8 * byte);
}
