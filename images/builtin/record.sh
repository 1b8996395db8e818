#!/bin/sh
# Builds the guest into built/ and records what it was built with, so that a test can build it again bit for bit.
set -eu
cd "$(dirname "$0")"
./build.sh built

# package COMMAND: the Debian package that owns it, with its version
package() {
	dpkg-query -W -f '${Package} ${Version}\n' "$(dpkg-query -S "$(readlink -f "$(command -v "$1")")" | cut -d: -f1)"
}

# record ARCHITECTURE COMPILER LINKER
record() {
	cat <<JSON
  "$1": {
    "compiler": "$2",
    "compilerPackage": "$(package "$2")",
    "version": "$("$2" --version | head -n 1)",
    "linker": "$3",
    "linkerPackage": "$(package "$3")",
    "flags": "$(./build.sh --flags "$1")",
    "sha256": "$(sha256sum "built/petri-$1.elf" | cut -d' ' -f1)"
JSON
}

{
	echo '{'
	record i386 gcc ld
	echo '  },'
	record arm arm-none-eabi-gcc arm-none-eabi-ld
	echo '  }'
	echo '}'
} > built/COMPILERS.json
(cd built && sha256sum petri-i386.elf petri-arm.elf petri-installer.iso > SHA256SUMS)
