/*
 * The ways into the kernel, as functions: int32_t way(uint32_t operation, int32_t endpoint, struct message *message).
 * The registers are those of MINIX 3: ECX=operation, EAX=endpoint, EBX=message for IPC; EAX=message for a kernel call.
 */
	.text

	.macro ipc_arguments
	pushl %ebx
	movl 8(%esp), %ecx
	movl 12(%esp), %eax
	movl 16(%esp), %ebx
	.endm

	.macro ipc_int name, vector
	.globl \name
\name:
	ipc_arguments
	int $\vector
	popl %ebx
	ret
	.endm

	.macro kernel_call_int name, vector
	.globl \name
\name:
	movl 12(%esp), %eax
	int $\vector
	ret
	.endm

	kernel_call_int way_int20, 0x20
	ipc_int way_int21, 0x21
	kernel_call_int way_int22, 0x22
	ipc_int way_int23, 0x23

/* ESI=stack pointer and EDX=where to go on, for the kernel's way back; EDI=35 makes it an IPC call. */
	.globl way_sysenter
way_sysenter:
	ipc_arguments
	pushl %esi
	pushl %edi
	movl $35, %edi
	movl %esp, %esi
	movl $1f, %edx
	sysenter
1:	popl %edi
	popl %esi
	popl %ebx
	ret

/* SYSCALL keeps the way back in ECX, so the operation moves to EDX. */
	.globl way_syscall
way_syscall:
	ipc_arguments
	pushl %edi
	movl $35, %edi
	movl %ecx, %edx
	syscall
	popl %edi
	popl %ebx
	ret

	.macro way label, function
	.long \label, \function
	.endm

	.section .rodata
	.balign 4
	.globl entry_ways
entry_ways:
	way name_int20, way_int20
	way name_int21, way_int21
	way name_int22, way_int22
	way name_int23, way_int23
	way name_sysenter, way_sysenter
	way name_syscall, way_syscall
name_int20:	.string "int20"
name_int21:	.string "int21"
name_int22:	.string "int22"
name_int23:	.string "int23"
name_sysenter:	.string "sysenter"
name_syscall:	.string "syscall"
