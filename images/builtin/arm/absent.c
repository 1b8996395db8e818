/* What a PC has and this board has not: an IDE disk, a text screen and its keyboard, a loader that leaves the kernel's file. */
#include "abi.h"
#include "machine.h"

int32_t disk_size(uint32_t *sectors)
{
	(void)sectors;
	return ENXIO;
}

int32_t disk_read(uint32_t first, uint32_t count, uint8_t *to)
{
	(void)first, (void)count, (void)to;
	return ENXIO;
}

int32_t disk_write(uint32_t first, uint32_t count, const uint8_t *from)
{
	(void)first, (void)count, (void)from;
	return ENXIO;
}

int32_t disk_flush(void)
{
	return ENXIO;
}

bool screen_start(bool asked)
{
	(void)asked;
	return false;
}

void screen_put(uint8_t byte)
{
	(void)byte;
}

bool keyboard_get(uint8_t *byte)
{
	(void)byte;
	return false;
}

void keyboard_receive_interrupt(bool on)
{
	(void)on;
}

const uint8_t *machine_kernel_file(uint32_t *bytes)
{
	*bytes = 0;
	return 0;
}
