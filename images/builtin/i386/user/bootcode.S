/* What the installation writes to the disk: the boot code of sector 0 and the loader, as they were built. */
	.section .rodata
	.globl boot_code_mbr, boot_code_mbr_end, boot_code_loader, boot_code_loader_end
boot_code_mbr:
	.incbin "mbr.bin"
boot_code_mbr_end:
boot_code_loader:
	.incbin "loader.bin"
boot_code_loader_end:
