/*
 * The first ATA disk of the two IDE channels of a PC, by programmed input and output with 28-bit addresses, polled
 * (ATA/ATAPI-6, INCITS 361-2002, chapters 8 and 9).
 */
#include "abi.h"
#include "machine.h"
#include "ports.h"

/* Registers, from the channel's base. */
enum { DATA, ERROR, COUNT, LOW, MIDDLE, HIGH, DEVICE, COMMAND };
#define STATUS COMMAND

enum { BUSY = 0x80, FAULT = 0x20, REQUEST = 0x08, FAILED = 0x01 };
enum { READ_SECTORS = 0x20, WRITE_SECTORS = 0x30, FLUSH_CACHE = 0xe7, IDENTIFY = 0xec };
enum { BY_ADDRESS = 0xe0, SECOND_DEVICE = 0x10, NO_INTERRUPTS = 0x02 };
#define NOTHING_THERE 0xff /* what a port without a device reads as */

#define SECTOR_WORDS (SECTOR_BYTES / 2)
#define IDENTIFY_SECTORS 60 /* words 60 and 61: how many sectors have 28-bit addresses */
#define PATIENCE_MS 30000u  /* a disk that spins up; the host may also keep it waiting */

static const struct place {
	uint16_t base, control;
	uint8_t device;
} places[] = { { 0x1f0, 0x3f6, 0 }, { 0x1f0, 0x3f6, SECOND_DEVICE }, { 0x170, 0x376, 0 }, { 0x170, 0x376, SECOND_DEVICE } };

/* Where the disk was found, 0 before it was looked for. */
static const struct place *disk;
static uint32_t disk_sectors;

static uint8_t status_of(const struct place *place)
{
	return port_read8(place->base + STATUS);
}

/* Waits until the device is not busy; its status then, or FAULT when it stays busy. */
static uint8_t wait_ready(const struct place *place)
{
	for (uint32_t polls = 0; polls < 20000; polls++)
		if (!(status_of(place) & BUSY))
			return status_of(place);
	for (uint32_t waited = 0; waited < PATIENCE_MS; waited++) {
		if (!(status_of(place) & BUSY))
			return status_of(place);
		machine_delay(1);
	}
	return FAULT;
}

/* A device shows its own status 400 ns after it was chosen: four reads of another register take that long. */
static void choose(const struct place *place, uint8_t high)
{
	port_write8(place->base + DEVICE, BY_ADDRESS | place->device | high);
	for (int reads = 0; reads < 4; reads++)
		port_read8(place->control);
}

static bool wait_data(const struct place *place)
{
	return (wait_ready(place) & (FAULT | REQUEST | FAILED)) == REQUEST;
}

static bool start(const struct place *place, uint8_t command, uint32_t first, uint32_t count)
{
	choose(place, first >> 24 & 0x0f);
	if (wait_ready(place) & FAULT)
		return false;
	port_write8(place->control, NO_INTERRUPTS);
	port_write8(place->base + COUNT, (uint8_t)count);
	port_write8(place->base + LOW, (uint8_t)first);
	port_write8(place->base + MIDDLE, (uint8_t)(first >> 8));
	port_write8(place->base + HIGH, (uint8_t)(first >> 16));
	port_write8(place->base + COMMAND, command);
	for (int reads = 0; reads < 4; reads++)
		port_read8(place->control);
	return true;
}

/* A disk answers IDENTIFY with data; a CD drive refuses it, and no device has no status. */
static bool identify(const struct place *place)
{
	uint16_t words[SECTOR_WORDS];

	choose(place, 0);
	if (status_of(place) == 0 || status_of(place) == NOTHING_THERE)
		return false;
	if (!start(place, IDENTIFY, 0, 0) || !wait_data(place))
		return false;
	port_read_words(place->base + DATA, words, SECTOR_WORDS);
	disk_sectors = words[IDENTIFY_SECTORS] | (uint32_t)words[IDENTIFY_SECTORS + 1] << 16;
	return disk_sectors > 0;
}

static bool find(void)
{
	for (unsigned at = 0; !disk && at < sizeof places / sizeof *places; at++)
		if (identify(&places[at]))
			disk = &places[at];
	return disk;
}

int32_t disk_size(uint32_t *sectors)
{
	if (!find())
		return ENXIO;
	*sectors = disk_sectors;
	return OK;
}

static bool within(uint32_t first, uint32_t count)
{
	return count > 0 && first < disk_sectors && count <= disk_sectors - first;
}

int32_t disk_read(uint32_t first, uint32_t count, uint8_t *to)
{
	if (!find())
		return ENXIO;
	if (!within(first, count))
		return EINVAL;
	if (!start(disk, READ_SECTORS, first, count))
		return EIO;
	for (; count; count--, to += SECTOR_BYTES) {
		if (!wait_data(disk))
			return EIO;
		port_read_words(disk->base + DATA, to, SECTOR_WORDS);
	}
	return OK;
}

int32_t disk_write(uint32_t first, uint32_t count, const uint8_t *from)
{
	if (!find())
		return ENXIO;
	if (!within(first, count))
		return EINVAL;
	if (!start(disk, WRITE_SECTORS, first, count))
		return EIO;
	for (; count; count--, from += SECTOR_BYTES) {
		if (!wait_data(disk))
			return EIO;
		port_write_words(disk->base + DATA, from, SECTOR_WORDS);
	}
	return wait_ready(disk) & (FAULT | FAILED) ? EIO : OK;
}

int32_t disk_flush(void)
{
	if (!find())
		return ENXIO;
	if (!start(disk, FLUSH_CACHE, 0, 0))
		return EIO;
	return wait_ready(disk) & (FAULT | FAILED) ? EIO : OK;
}
