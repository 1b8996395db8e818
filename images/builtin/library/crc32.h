/* The checksum of the installed copy: CRC-32 as in ISO 3309 and gzip. */
#ifndef CRC32_H
#define CRC32_H

#include <stdint.h>

/* Goes on from `crc`, the checksum of what came before, which is 0 for nothing. */
uint32_t crc32(uint32_t crc, const void *bytes, uint32_t length);

#endif
