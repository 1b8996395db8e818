/* The disk as the shell uses it. */
#ifndef DISK_H
#define DISK_H

#include <stdbool.h>

#include "calls.h"

/* The disk's size and that of the kernel's file; false, with a line that says why, when there is no disk. */
struct disk {
	uint32_t sectors;
	uint32_t kernel_bytes; /* 0 when the loader left no copy of the file */
};
bool disk_find(struct disk *disk);
/* Moves at most DISK_PIECE sectors: DISK_READ, DISK_WRITE, DISK_KERNEL_FILE; false, with a line, when it failed. */
bool disk_move(uint32_t request, uint32_t first, uint32_t count, void *sectors);
/* Returns when what was written is safe; false, with a line, when it failed. */
bool disk_settle(void);

/* Prints the disk's size. */
void disk_show(const struct disk *disk);

/* The command `disk`; false when `rest` is not as it should be. */
struct editor;
bool disk_command(struct editor *editor, const char *rest);

#endif
