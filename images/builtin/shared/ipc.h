/* Messages between processes, as MINIX 3 passes them: rendezvous, no buffers, the kernel copies. */
#ifndef IPC_H
#define IPC_H

#include "process.h"

/* Does an IPC call of the caller; its result register is set now, or when the message has come. */
void ipc_call(struct process *caller, uint32_t operation, int32_t endpoint, uint32_t message);

/* Tells a process that the hardware has news; waits with it when it does not receive now. */
void ipc_notify(struct process *receiver);

#endif
