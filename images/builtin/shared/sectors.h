/* What processes ask of the disk: the kernel call SYS_DISK. */
#ifndef SECTORS_H
#define SECTORS_H

#include "abi.h"
#include "process.h"

/* Does the request for the caller and writes into the message what it answers; returns OK or a negative error. */
int32_t sectors_call(const struct process *caller, struct message *message);

#endif
