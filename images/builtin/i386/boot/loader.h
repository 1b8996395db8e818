/* What the two halves of the loader share. */
#ifndef LOADER_H
#define LOADER_H

/* Where the kernel's file is read to: 64 KiB in memory that every PC has, and that the kernel gives to nobody. */
#define KERNEL_FILE_ADDRESS 0x20000
#define KERNEL_FILE_LIMIT 0x10000

#define MEMORY_MAP_BYTES (32 * 24)

#endif
