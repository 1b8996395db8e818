#!/bin/sh
# Builds the guest: build.sh OUTDIR [-DNAME…]
# Prints an architecture's compiler flags: build.sh --flags i386|arm
# The result depends on the sources and the compilers alone: no date, no path, no build id.
set -eu
export LC_ALL=C
[ $# -ge 1 ] || { echo "usage: build.sh OUTDIR [-DNAME…]" >&2; exit 2; }
common='-std=c11 -O2 -ffreestanding -fno-builtin -fno-pic -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables -fno-ident -fno-tree-loop-distribute-patterns -mgeneral-regs-only -Wall -Wextra -Werror -Ishared -Ilibrary -Iuser'
i386='-m32 -march=i486 -mtune=generic'
# newlib's uint32_t is a long, which the format check (done for i386) would not take for an int
arm='-Wno-format -mcpu=cortex-a15 -marm -mfloat-abi=soft -mno-unaligned-access'

if [ "$1" = --flags ]; then
	[ "$2" = i386 ] && echo "$common $i386" || echo "$common $arm"
	exit
fi

mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")"
here=$(pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# compile ARCHITECTURE COMPILER FLAGS…: objects go to a scratch folder, named as their sources
compile() {
	architecture=$1
	compiler=$2
	shift 2
	for source in shared/*.c library/*.c user/*.c "$architecture"/*.c "$architecture"/*.S "$architecture"/user/*.c "$architecture"/user/*.S; do
		object=$scratch/$architecture/${source%.*}.o
		mkdir -p "$(dirname "$object")"
		"$compiler" "$@" -I"$architecture" -c "$source" -o "$object"
	done
}

# boot COMPILER LINKER: the boot code, which becomes a part of the kernel: for sector 0 of a disk and, for CD and disk, the loader
boot() {
	mkdir -p "$scratch/boot"
	flags="$common $i386 -Os -Ii386 -Ii386/boot"
	for source in i386/boot/mbr.S i386/boot/loader.S i386/boot/loader.c library/*.c; do
		"$1" $flags -c "$source" -o "$scratch/boot/$(basename "${source%.*}").${source##*.}.o"
	done
	(
		cd "$scratch/boot"
		"$2" -m elf_i386 -nostdlib -Ttext=0x600 --oformat binary -e _start mbr.S.o -o mbr.bin
		"$2" -m elf_i386 -nostdlib --no-warn-rwx-segments -T "$here/i386/boot/loader.ld" --oformat binary loader.S.o loader.c.o bytes.c.o crc32.c.o format.c.o -o loader.bin
	)
	[ "$(wc -c < "$scratch/boot/mbr.bin")" -le 440 ] || { echo "the boot code does not fit sector 0" >&2; exit 1; }
}

# medium COMPILER LINKER: the installer medium with the kernel that was just built; gzip writes the checksum last but one
medium() {
	kernel=$out/petri-i386.elf
	gzip -nc "$kernel" | tail -c 8 | head -c 4 > "$scratch/boot/kernel.crc32"
	"$1" -m32 -Ishared -I"$scratch/boot" -I"$out" -DKERNEL_BYTES="$(wc -c < "$kernel")" -c i386/boot/medium.S -o "$scratch/boot/medium.o"
	"$2" -m elf_i386 -Ttext=0 -e 0 --oformat binary "$scratch/boot/medium.o" -o "$out/petri-installer.iso"
	chmod 644 "$out/petri-installer.iso"
}

# link ARCHITECTURE LINKER FLAGS…: in the order of the names, so that it is always the same
link() {
	architecture=$1
	linker=$2
	shift 2
	(cd "$scratch/$architecture" && "$linker" "$@" -nostdlib --build-id=none --no-warn-rwx-segments -z noexecstack -z max-page-size=4096 \
		-T "$here/$architecture/link.ld" -o "$out/petri-$architecture.elf" $(find . -name '*.o' | sort))
}

for architecture in ${PETRI_ARCHITECTURES:-i386 arm}; do
	case $architecture in
	i386)
		boot "${CC_I386:-gcc}" "${LD_I386:-ld}"
		compile i386 "${CC_I386:-gcc}" $common $i386 -I"$scratch/boot" "$@"
		link i386 "${LD_I386:-ld}" -m elf_i386
		medium "${CC_I386:-gcc}" "${LD_I386:-ld}"
		;;
	arm)
		compile arm "${CC_ARM:-arm-none-eabi-gcc}" $common $arm "$@"
		link arm "${LD_ARM:-arm-none-eabi-ld}"
		;;
	esac
done
