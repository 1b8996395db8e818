#!/bin/sh
# Runs QEMU in a container. With arguments it runs them (Petri gives QEMU's whole command line); without any it makes the
# command line from the environment, for `docker run` by hand and for compose files. `petri-qemu health` is the health check.
set -eu

# Sockets and logs that QEMU makes are for its own user only.
umask 177

# The first process of a container has to pass signals on and to collect children that lost their parent; `wait` of the
# shell does the second. Where the engine puts its own init before us, QEMU takes our place.
run() {
  if [ "$$" -ne 1 ]; then exec "$@"; fi
  "$@" &
  child=$!
  trap 'kill -TERM "$child" 2>/dev/null || true' TERM INT HUP
  status=0
  wait "$child" || status=$?
  # A signal ends `wait` before the child: wait again for the child's own end.
  while kill -0 "$child" 2>/dev/null; do
    status=0
    wait "$child" || status=$?
  done
  exit "$status"
}

fail() {
  printf 'petri-qemu: %s\n' "$1" >&2
  exit 64
}

# QEMU runs, and not only this script.
health() {
  for file in /proc/[0-9]*/comm; do
    name=''
    { read -r name < "$file"; } 2>/dev/null || continue
    case $name in qemu-system-*) exit 0 ;; esac
  done
  printf 'QEMU does not run\n'
  exit 1
}

whole_number() {
  case $2 in '' | *[!0-9]*) fail "$1 must be a whole number, and is \"$2\"" ;; esac
}

# Inside an option's value QEMU reads two commas as one.
escaped=''
escape() {
  rest=$1
  escaped=''
  while :; do
    case $rest in
      *,*)
        escaped="$escaped${rest%%,*},,"
        rest=${rest#*,}
        ;;
      *)
        escaped="$escaped$rest"
        return
        ;;
    esac
  done
}

accelerator() {
  case ${QEMU_ACCEL:-auto} in
    auto) if [ -r /dev/kvm ] && [ -w /dev/kvm ]; then printf kvm; else printf tcg; fi ;;
    *) printf '%s' "$QEMU_ACCEL" ;;
  esac
}

# Words of the command line are collected as positional parameters, so that nothing is ever parsed twice.
from_environment() {
  : "${QEMU_PROGRAM:?}"
  : "${QEMU_RAM:=512}" "${QEMU_SMP:=1}" "${QEMU_MACHINE:=pc}" "${SERIAL_PORT:=0}" "${MONITOR_PORT:=0}" "${ENABLE_VNC:=0}"
  whole_number QEMU_RAM "$QEMU_RAM"
  whole_number QEMU_SMP "$QEMU_SMP"
  whole_number SERIAL_PORT "$SERIAL_PORT"
  whole_number MONITOR_PORT "$MONITOR_PORT"
  accel=$(accelerator)
  if [ "$accel" = kvm ]; then model=host; else model=${QEMU_CPU_EMULATED:-max}; fi
  set -- "$QEMU_PROGRAM" -nodefaults -machine "$QEMU_MACHINE" -accel "$accel" -cpu "${QEMU_CPU:-$model}" -smp "$QEMU_SMP" -m "${QEMU_RAM}M"

  if [ -n "${QEMU_KERNEL:-}" ]; then
    [ -r "$QEMU_KERNEL" ] || fail "QEMU_KERNEL names $QEMU_KERNEL, which cannot be read"
    set -- "$@" -kernel "$QEMU_KERNEL" -append "${QEMU_APPEND:-}"
    [ -z "${QEMU_INITRD:-}" ] || set -- "$@" -initrd "$QEMU_INITRD"
  fi
  index=0
  for drive in "${QEMU_DRIVE:-}" "${QEMU_DRIVE2:-}" "${QEMU_DRIVE3:-}" "${QEMU_DRIVE4:-}"; do
    if [ -n "$drive" ]; then
      [ -e "$drive" ] || fail "the drive $drive does not exist; mount its folder with -v"
      escape "$drive"
      set -- "$@" -drive "file=$escaped,format=${QEMU_DRIVE_FORMAT:-qcow2},if=none,id=disk$index"
      case ${QEMU_DRIVE_BUS:-ide} in
        ide) set -- "$@" -device "ide-hd,drive=disk$index,bus=ide.$((index / 2)),unit=$((index % 2))" ;;
        sata) set -- "$@" -device "ide-hd,drive=disk$index,bus=ide.$index" ;;
        virtio) set -- "$@" -device "virtio-blk-pci,drive=disk$index" ;;
        scsi)
          [ "$index" -gt 0 ] || set -- "$@" -device virtio-scsi-pci
          set -- "$@" -device "scsi-hd,drive=disk$index"
          ;;
        *) fail "QEMU_DRIVE_BUS must be ide, sata, virtio or scsi, and is \"$QEMU_DRIVE_BUS\"" ;;
      esac
    fi
    index=$((index + 1))
  done
  if [ -n "${QEMU_CDROM:-}" ]; then
    [ -r "$QEMU_CDROM" ] || fail "QEMU_CDROM names $QEMU_CDROM, which cannot be read"
    escape "$QEMU_CDROM"
    set -- "$@" -drive "file=$escaped,format=raw,media=cdrom,readonly=on,if=none,id=medium"
    case $QEMU_MACHINE in
      q35*) set -- "$@" -device ide-cd,drive=medium,bus=ide.5 ;;
      *) set -- "$@" -device ide-cd,drive=medium,bus=ide.1,unit=0 ;;
    esac
  fi
  [ -n "${QEMU_KERNEL:-}${QEMU_DRIVE:-}${QEMU_CDROM:-}" ] || fail 'nothing to boot: set QEMU_DRIVE, QEMU_CDROM or QEMU_KERNEL'
  case ${QEMU_BOOT:-} in
    '') ;;
    disk) set -- "$@" -boot order=cd ;;
    medium) set -- "$@" -boot order=dc ;;
    *) fail "QEMU_BOOT must be disk or medium, and is \"$QEMU_BOOT\"" ;;
  esac

  if [ -n "${QEMU_NIC:-}" ]; then
    network=user,id=net0
    [ "${QEMU_RESTRICT:-0}" = 0 ] || network=$network,restrict=on
    # Each word is protocol:port of the container:port of the guest.
    for forward in ${QEMU_FORWARDS:-}; do
      case $forward in
        tcp:[0-9]*:[0-9]* | udp:[0-9]*:[0-9]*) ;;
        *) fail "QEMU_FORWARDS has \"$forward\", which is not like tcp:2222:22" ;;
      esac
      protocol=${forward%%:*}
      ports=${forward#*:}
      whole_number QEMU_FORWARDS "${ports%%:*}"
      whole_number QEMU_FORWARDS "${ports#*:}"
      network=$network,hostfwd=$protocol::${ports%%:*}-:${ports#*:}
    done
    set -- "$@" -netdev "$network" -device "$QEMU_NIC,netdev=net0"
  fi
  if [ -n "${QEMU_SHARE:-}" ]; then
    escape "$QEMU_SHARE"
    set -- "$@" -virtfs "local,path=$escaped,mount_tag=${QEMU_SHARE_TAG:-share},security_model=mapped-xattr${QEMU_SHARE_READONLY:+,readonly=on}"
  fi

  if [ "$ENABLE_VNC" = 1 ]; then set -- "$@" -vga "${QEMU_VGA:-std}" -vnc 0.0.0.0:0; else set -- "$@" -display none; fi
  # What the guest prints is in `docker logs`, too.
  if [ "$SERIAL_PORT" = 0 ]; then
    set -- "$@" -serial stdio
  else
    set -- "$@" -chardev "socket,id=serial0,host=0.0.0.0,port=$SERIAL_PORT,server=on,wait=off,telnet=on,logfile=/dev/stdout,logappend=on" -serial chardev:serial0
  fi
  [ "$MONITOR_PORT" = 0 ] || set -- "$@" -monitor "telnet:0.0.0.0:$MONITOR_PORT,server=on,wait=off"
  printf 'petri-qemu:' >&2
  printf ' %s' "$@" >&2
  printf '\n' >&2
  run "$@"
}

case ${1:-} in
  '') from_environment ;;
  health) health ;;
  *) run "$@" ;;
esac
