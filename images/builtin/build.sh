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
	for source in shared/*.c library/*.c user/*.c "$architecture"/*.c "$architecture"/*.S "$architecture"/user/*.S; do
		object=$scratch/$architecture/${source%.*}.o
		mkdir -p "$(dirname "$object")"
		"$compiler" "$@" -I"$architecture" -c "$source" -o "$object"
	done
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
		compile i386 "${CC_I386:-gcc}" $common $i386 "$@"
		link i386 "${LD_I386:-ld}" -m elf_i386
		;;
	arm)
		compile arm "${CC_ARM:-arm-none-eabi-gcc}" $common $arm "$@"
		link arm "${LD_ARM:-arm-none-eabi-ld}"
		;;
	esac
done
