#include "calls.h"

/* The ways that every CPU of the architecture has: the first for kernel calls, the second for IPC. */
#ifdef __arm__
#define kernel_call_way entry_ways[ENTRY_SVC]
#define ipc_way entry_ways[ENTRY_SVC]
#else
#define kernel_call_way entry_ways[ENTRY_INT20]
#define ipc_way entry_ways[ENTRY_INT21]
#endif

int32_t ipc_send(int32_t endpoint, struct message *message)
{
	return ipc_way.call(SEND, endpoint, message);
}

int32_t ipc_receive(int32_t endpoint, struct message *message)
{
	return ipc_way.call(RECEIVE, endpoint, message);
}

int32_t ipc_sendrec(int32_t endpoint, struct message *message)
{
	return ipc_way.call(SENDREC, endpoint, message);
}

int32_t system_call(struct message *message)
{
	return kernel_call_way.call(SENDREC, SYSTEM, message);
}
