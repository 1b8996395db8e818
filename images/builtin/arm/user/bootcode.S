/* This board does not boot from a disk. */
	.section .rodata
	.globl boot_code_mbr, boot_code_mbr_end, boot_code_loader, boot_code_loader_end
boot_code_mbr:
boot_code_mbr_end:
boot_code_loader:
boot_code_loader_end:
	.balign 4
