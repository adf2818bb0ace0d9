# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The part of the first program that is the recovery system: says on every console what happened and
# what can be done, and waits for somebody. Read by init, whose functions it uses, when the kernel
# parameter slipway.slot=recovery is given. It never restarts the machine by itself, because that
# would only lead here again.
#
# Kernel parameters:
#   slipway.A=G slipway.B=G   the slots' partitions

export PATH=/bin:/sbin
trouble=
data_dir=/run/slipway/data
A_id=
B_id=
unattended=
for x in $line; do
  case $x in
    slipway.A=*) A_id=${x#*=} ;;
    slipway.B=*) B_id=${x#*=} ;;
  esac
done

[ ! -r /init-burn ] || . /init-burn

# Nothing is so bad that nobody should be told.
fail() {
  warn "$*"
  trouble=$*
  offer
}

# Does not return.
recover() {
  find_part $disk $A_id
  A_part=$part
  find_part $disk $B_id
  B_part=$part
  {
    echo slot=
    echo esp=${esp:+/dev/$esp}
    echo store=$env_path
  } >/run/slipway/boot
  look_into $A_part
  A_holds=$holds
  look_into $B_part
  B_holds=$holds
  offer
}

# Sets holds: what is on a partition that could be started, empty if there is nothing.
look_into() {
  holds=
  [ $# -eq 1 ] && mount -t ext4 -o ro,noload /dev/$1 $new 2>/dev/null || return 0
  if [ -s $new/vmlinuz ] && [ -s $new/initrd.img ]; then
    holds='a system'
    if [ -r $new/usr/lib/os-release ]; then
      while IFS='=' read -r key value; do
        case $key in
          IMAGE_ID) holds=$value ;;
          IMAGE_VERSION) holds="$holds $value" ;;
        esac
      done <$new/usr/lib/os-release
    fi
  fi
  umount $new
}

# The kernel's messages would run over the words. A keyboard may be plugged in later.
offer() {
  warn "recovery: this machine waits for somebody, on its consoles"
  echo 4 >/proc/sys/kernel/printk
  read -r active </sys/class/tty/console/active
  consoles=
  for console in ${active:-console}; do
    [ $console != tty0 ] || console=tty1
    consoles="$consoles $console"
    attend $console &
  done
  [ -z "$unattended" ] || [ -n "$trouble" ] || burn_by_itself &
  while :; do
    kick
    coldplug
    sleep 5
  done
}

# The terminal is opened anew each time: the end of a shell cuts it off.
attend() {
  while :; do
    menu <>/dev/$1 >&0 2>&1
    sleep 2
  done
}

# --- what happened --------------------------------------------------------------------------------

# One console after the other: there is no flock in busybox.
boot_store() {
  until mkdir /run/slipway/store-busy 2>/dev/null; do
    sleep 1
  done
  slipway-boot "$@"
  status=$?
  rmdir /run/slipway/store-busy
  return $status
}

# Sets A_OK, A_TRY, B_OK, B_TRY, empty when the boot store is lost.
read_choice() {
  A_OK=
  A_TRY=
  B_OK=
  B_TRY=
  for word in $(boot_store status 2>/dev/null); do
    case $word in
      A_OK=*) A_OK=${word#*=} ;;
      A_TRY=*) A_TRY=${word#*=} ;;
      B_OK=*) B_OK=${word#*=} ;;
      B_TRY=*) B_TRY=${word#*=} ;;
    esac
  done
}

# In words: a slot, what it holds, and the boot loader's memory of it.
tell_slot() {
  if [ -z "$2" ]; then
    echo "    slot $1: holds nothing that could be started"
    return
  fi
  case $3.$4 in
    1.[012]) echo "    slot $1: $2, can be started, $4 of 3 tries used" ;;
    1.*) echo "    slot $1: $2, was started 3 times and never found to work" ;;
    0.*) echo "    slot $1: $2, not to be started: not fully installed, or found bad" ;;
    *) echo "    slot $1: $2; what the boot loader knew of it is lost" ;;
  esac
}

what_happened() {
  read_choice
  echo
  echo '======================================================================'
  echo '  RECOVERY: this machine is not running its own system.'
  echo '======================================================================'
  echo
  if [ -n "$trouble" ]; then
    echo "  What happened: $trouble."
    echo '  Is the disk connected? Switch off, look at its cables, switch on.'
  else
    case $A_OK.$A_TRY.$B_OK.$B_TRY in
      1.[012].* | *.*.1.[012])
        echo '  What happened: recovery was chosen, or a kernel cannot be loaded.'
        ;;
      *) echo '  What happened: no slot could be started.' ;;
    esac
    tell_slot A "$A_holds" "$A_OK" "$A_TRY"
    tell_slot B "$B_holds" "$B_OK" "$B_TRY"
    echo '  Nothing was changed, and what is stored on this machine is still there.'
  fi
  echo
}

# Digits are in the same place on every keyboard, letters are not.
what_can_be_done() {
  again=1
  [ -n "$A_holds" ] || [ -z "$B_holds" ] || again=2
  echo '  What you can do: type a number and the enter key.'
  echo '    1  start slot A again, with three new tries'
  echo '    2  start slot B again, with three new tries'
  echo '    3  check the data partition, and repair it'
  echo '    4  factory reset: erase all that was stored or set on this machine'
  echo '    5  show what the boot loader remembers'
  echo '    6  open a shell'
  echo '    7  restart'
  echo '    8  switch off'
  if [ -r /init-burn ]; then
    echo '    9  write a release over a slot, from a disk, a USB stick or the network'
  fi
  echo "  Not sure? Take 3, then $again. If the machine comes back here, take 4, then $again."
  if [ -r /init-burn ]; then
    echo '  If that does not help, take 9.'
  else
    echo '  If that does not help, write the image to the disk again, on another machine.'
  fi
  if [ -n "$unattended" ] && [ -z "$trouble" ]; then
    echo "  Until you choose, the machine looks for a release: $sources."
  else
    echo '  Until you choose, the machine waits and changes nothing.'
  fi
}

menu() {
  what_happened
  what_can_be_done
  while :; do
    printf '\nrecovery> '
    if ! read -r answer; then
      sleep 10
      return
    fi
    case $answer in
      1) alone start_again A "$A_holds" ;;
      2) alone start_again B "$B_holds" ;;
      3) alone check_data ;;
      4) alone reset_machine ;;
      5) boot_store status ;;
      6)
        open_shell
        return
        ;;
      7) leave reboot ;;
      8) leave poweroff ;;
      9) [ ! -r /init-burn ] || alone burn_menu ;;
      *) what_can_be_done ;;
    esac
  done
}

# --- what can be done -----------------------------------------------------------------------------

# One console at a time changes something.
alone() {
  if mkdir /run/slipway/busy 2>/dev/null; then
    "$@"
    rmdir /run/slipway/busy
  else
    echo 'another console of this machine is at work; wait for it'
  fi
}

# Both letters are in the same place on every keyboard.
sure() {
  echo "$*"
  printf 'Type go to do it, anything else to leave it: '
  read -r answer && [ "$answer" = go ]
}

leave() {
  sync
  $1 -f
  sleep 30
}

# Not "mark good": whether the slot works is for the slot to find out.
start_again() {
  if [ -z "$2" ]; then
    echo "slot $1 holds nothing that could be started"
    return
  fi
  read_choice
  eval "ok=\$$1_OK"
  if [ "$ok" = 0 ] && ! sure "Slot $1 is marked as not to be started; what it holds may be half an installation."; then
    return
  fi
  if boot_store repair $1 && boot_store set-primary $1; then
    echo "slot $1 has three new tries; restarting"
    leave reboot
  else
    echo 'the boot store cannot be written; is the disk broken?'
  fi
}

has_data() {
  [ -n "$data" ] || echo "${disk:-the disk} has no data partition"
  [ -n "$data" ]
}

check_data() {
  has_data || return
  data_state='in order'
  if check $data; then
    echo "the data partition is $data_state"
  else
    echo "the data partition cannot be repaired: $(tail -n 1 /run/slipway/e2fsck)"
    echo 'the system starts without it, but keeps nothing; a factory reset makes it anew'
  fi
}

reset_machine() {
  has_data && sure "This erases all that was stored or set on this machine, on $data. The slots stay as they are." || return
  stay=$data_dir
  mkdir -p $stay
  if check $data && mount -t ext4 -o rw,noatime /dev/$data $stay; then
    : >$stay/.slipway-reset && reset_data
    if [ ! -e $stay/.slipway-reset ]; then
      echo 'everything was erased'
    else
      echo 'not everything could be erased; is the disk broken?'
    fi
    umount $stay
  elif sure 'The data partition cannot be repaired. A new, empty one can be made in its place.'; then
    if patiently /sbin/mke2fs -q -F -t ext4 -L data /dev/$data >/run/slipway/mke2fs 2>&1; then
      sync
      echo 'the data partition is new and empty'
    else
      echo "the data partition cannot be made: $(tail -n 1 /run/slipway/mke2fs)"
    fi
  fi
}

open_shell() {
  echo "disk ${disk:-not found}: EFI system $esp, slot A $A_part, slot B $B_part, data $data"
  echo 'programs: slipway-boot e2fsck /sbin/mke2fs resize2fs sfdisk and those of busybox; exit leads back'
  setsid -c sh
}
