/* How both pieces of boot code end when they cannot go on: jump to `complain` with SI on a text. For the assembler, in real mode. */

#define SERIAL_DATA 0x3f8
#define SERIAL_STATUS 0x3fd
#define TRANSMIT_EMPTY 0x20

/* Prints the text on the screen and on the serial line, and halts. */
complain:
	lodsb
	testb %al, %al
	jz 2f
	movb $0x0e, %ah
	movw $7, %bx
	int $0x10
	movb %al, %ah
	movw $SERIAL_STATUS, %dx
1:	inb %dx, %al
	testb $TRANSMIT_EMPTY, %al
	jz 1b
	movb %ah, %al
	movw $SERIAL_DATA, %dx
	outb %al, %dx
	jmp complain
2:	cli
	hlt
	jmp 2b
