/* How a program asks for something: MINIX's IPC calls and kernel calls. */
#ifndef CALLS_H
#define CALLS_H

#include "abi.h"
#include "information.h"

/* What the kernel tells every process. */
#define kernel_information ((const volatile struct information *)INFORMATION_PAGE)

int32_t ipc_send(int32_t endpoint, struct message *message);
int32_t ipc_receive(int32_t endpoint, struct message *message);
int32_t ipc_sendrec(int32_t endpoint, struct message *message);
int32_t system_call(struct message *message);

/*
 * One way into the kernel. A way for IPC gets all three arguments, a way for kernel calls needs only the message; the
 * fast entries are used for IPC. All answer a kernel call that is sent to SYSTEM.
 */
struct entry_way {
	const char *name;
	int32_t (*call)(uint32_t operation, int32_t endpoint, struct message *message);
};
extern const struct entry_way entry_ways[ENTRY_COUNT];

#endif
