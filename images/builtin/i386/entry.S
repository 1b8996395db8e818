/*
 * The way into user mode and back.
 *
 * For the kernel a process is a function call: entry_run returns when the process traps. The CPU and the code here save
 * the registers straight into the process, because its slot ends the stack that the task state segment names.
 */
#include "descriptors.h"

#define REGISTERS_BYTES 60      /* struct registers */
#define TASK_STATE_ESP0 4
#define SAVED_VECTOR 32         /* behind the eight registers of pushal */
#define SAVED_CS 44
#define INTERRUPT_FLAG 0x200

	.text

/* void entry_run(struct registers *registers) */
	.globl entry_run
entry_run:
	pushl %ebp
	pushl %ebx
	pushl %esi
	pushl %edi
	movl %esp, kernel_stack_pointer
	movl 20(%esp), %esp
	leal REGISTERS_BYTES(%esp), %eax
	movl %eax, task_state + TASK_STATE_ESP0
	popal
	addl $8, %esp           /* vector and error */
	iret

/* uint32_t entry_idle(void): interrupts are possible only between STI and HLT's end */
	.globl entry_idle
entry_idle:
	pushl %ebp
	pushl %ebx
	pushl %esi
	pushl %edi
	movl %esp, kernel_stack_pointer
	sti                     /* takes effect after the next instruction, so no interrupt is missed (SDM vol. 2, STI) */
	hlt
	ud2                     /* an interrupt does not return here: see from_kernel */

/* Every trap comes here with the vector and an error code pushed. */
enter:
	pushal
	cld
	testl $3, SAVED_CS(%esp)
	jz from_kernel
leave:
	movl SAVED_VECTOR(%esp), %eax
	movl kernel_stack_pointer, %esp
	popl %edi
	popl %esi
	popl %ebx
	popl %ebp
	ret

/* Only idling is interrupted in the kernel, and it has nothing to go back to. All else is a bug. */
from_kernel:
	cmpl $32, SAVED_VECTOR(%esp)
	jae leave
	pushl %esp
	call trap_in_kernel

/* SYSENTER: ESP is SYSENTER_ESP, the place of esp0; by MINIX's convention ESI is the user's ESP and EDX its EIP. */
	.globl entry_sysenter
entry_sysenter:
	movl (%esp), %esp
	pushl $USER_DATA
	pushl %esi
	pushfl
	orl $INTERRUPT_FLAG, (%esp)
	pushl $USER_CODE
	pushl %edx
	pushl $0
	pushl $VECTOR_SYSENTER
	jmp enter

/* SYSCALL (AMD64 Architecture Programmer's Manual vol. 3): ECX is the user's EIP, and ESP is still the user's. */
	.globl entry_syscall
entry_syscall:
	movl %esp, syscall_stack_pointer
	movl task_state + TASK_STATE_ESP0, %esp
	pushl $USER_DATA
	pushl syscall_stack_pointer
	pushfl
	orl $INTERRUPT_FLAG, (%esp)
	pushl $USER_CODE
	pushl %ecx
	pushl $0
	pushl $VECTOR_SYSCALL
	jmp enter

	.macro stub name, vector
	.globl \name
\name:
	pushl $0
	pushl $\vector
	jmp enter
	.endm

/* The CPU pushes an error code itself for some exceptions (SDM vol. 3, table 6-1). */
	.macro stub_with_error name, vector
\name:
	pushl $\vector
	jmp enter
	.endm

	stub entry_int20, 0x20
	stub entry_int21, 0x21
	stub entry_int22, 0x22
	stub entry_int23, 0x23

	.altmacro
	.macro exception number
	.if \number == 8 || \number == 10 || \number == 11 || \number == 12 || \number == 13 || \number == 14 || \number == 17 || \number == 21
	stub_with_error exception_\number, \number
	.else
	stub exception_\number, \number
	.endif
	.section .rodata
	.long exception_\number
	.text
	.endm

	.section .rodata
	.balign 4
	.globl entry_exceptions
entry_exceptions:
	.text
	.set number, 0
	.rept 32
	exception %number
	.set number, number + 1
	.endr

	.macro interrupt number, vector
	stub interrupt_\number, \vector
	.section .rodata
	.long interrupt_\number
	.text
	.endm

	.section .rodata
	.globl entry_interrupts
entry_interrupts:
	.text
	.set number, 0
	.rept 8
	interrupt %number, %(0x50 + number)
	.set number, number + 1
	.endr
	.rept 8
	interrupt %number, %(0x70 + number - 8)
	.set number, number + 1
	.endr

	.bss
	.balign 4
kernel_stack_pointer:
	.long 0
syscall_stack_pointer:
	.long 0
