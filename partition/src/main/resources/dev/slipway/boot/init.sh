#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The first program: finds the slot on the disk the machine was booted from, mounts what belongs to
# it, and starts it. Whatever fails ends in a restart, so that the boot loader, which has counted
# this try, comes to the other slot. Runs in busybox's shell.
#
# Kernel parameters:
#   root=PARTUUID=G   the slot's partition             slipway.slot=A   its name
#   slipway.data=G    what stays over updates          slipway.esp=G    EFI system partition
#   slipway.env=PATH  boot store there, less .1 and .2 slipway.mark=M   what GRUB has just written to it
#   slipway.shell     a shell instead of a restart     slipway.wait=S   how long to wait for the disk
#   slipway.loader=L  the boot loader that started this, such as bios.1
#   ostree=PATH       the link to an ostree deployment on the partition, which is then no slot
#   slipway.slot=recovery   no slot is started; see init-recovery.sh

export PATH=/bin
new=/new
dog=

say() {
  echo "<5>slipway: $*" >/dev/kmsg
}

warn() {
  echo "<3>slipway: $*" >/dev/kmsg
}

kick() {
  [ -z "$dog" ] || echo >&9
}

fail() {
  warn "$*"
  if [ -n "$shell" ]; then
    disarm
    echo "slipway: this shell was asked for with slipway.shell; leaving it restarts the machine"
    setsid cttyhack sh
  else
    warn "restarting in 5 seconds"
    sleep 5
  fi
  sync
  reboot -f
  echo b >/proc/sysrq-trigger
  exit 1
}

# --- watchdog: a hang anywhere from here on ends in a restart -------------------------------------

arm() {
  [ -c /dev/watchdog0 ] || modprobe -q softdog
  if [ -c /dev/watchdog0 ]; then
    # a plain exec would end the shell when the device is busy
    command exec 9>/dev/watchdog0 && dog=1
    kick
  else
    warn "there is no watchdog"
  fi
}

disarm() {
  if [ -n "$dog" ]; then
    printf V >&9
    exec 9>&-
    dog=
  fi
}

# Runs something that may take long and is known to end. Not for ever: half an hour.
patiently() {
  (
    for i in $(seq 360); do
      sleep 5 9>&-
      kick
    done
  ) &
  kicker=$!
  "$@"
  status=$?
  kill $kicker
  kick
  return $status
}

# --- modules: those whose devices are there -------------------------------------------------------

# Memory cards tell what they are in uevent alone.
coldplug() {
  now=$({
    cat /sys/bus/*/devices/*/modalias
    sed -n 's/^MODALIAS=//p' /sys/bus/mmc/devices/*/uevent
  } 2>/dev/null | sort -u)
  if [ "$now" != "$plugged" ]; then
    plugged=$now
    modprobe -q -a -b $now 2>/dev/null
  fi
}

# --- disks ----------------------------------------------------------------------------------------

# Sets packed: a GUID as it lies in a partition table, the first three groups little-endian.
pack() {
  packed=${1:6:2}${1:4:2}${1:2:2}${1:0:2}${1:11:2}${1:9:2}${1:16:2}${1:14:2}${1:19:4}${1:24:12}
}

# Sets table: the entries of a disk's partition table in hex, a word of 256 digits each, from the
# primary table or else from its backup at the end.
read_table() {
  table=
  bs=0
  blocks=0
  # a disk that is just appearing has not all of this yet, an empty card reader has no blocks
  [ -e /sys/block/$1/queue/logical_block_size ] || return
  read bs </sys/block/$1/queue/logical_block_size
  read blocks </sys/block/$1/size
  [ "${bs:-0}" -gt 0 ] && [ "${blocks:-0}" -gt 2048 ] || return
  blocks=$((blocks * 512 / bs))
  entries=$((16384 / bs))
  for skip in 2 $((blocks - 1 - entries)); do
    table=$(dd if=/dev/$1 bs=$bs skip=$skip count=$entries 2>/dev/null | xxd -p -c 128)
    case $table in
      *[1-9a-f]*) break ;;
    esac
  done
}

# Sets part: the kernel's name of the partition with a GUID in the table read last, empty if there
# is none: find_part vda 0fc63daf-...
find_part() {
  part=
  pack $2
  number=0
  for entry in $table; do
    number=$((number + 1))
    [ "${entry:32:32}" = "$packed" ] || continue
    for p in /sys/block/$1/*/partition; do
      [ -e $p ] || continue
      read n <$p
      if [ $n = $number ]; then
        p=${p%/partition}
        part=${p##*/}
        return
      fi
    done
  done
}

# Sets mark: what GRUB wrote to the environment block of the disk whose table was read last.
read_mark() {
  mark=
  find_part $1 $esp_id
  [ -n "$part" ] || return
  mount -t vfat -o ro,codepage=437,iocharset=ascii /dev/$part /esp 2>/dev/null || return
  read_block 2
  seq2=$seq
  mark2=$mark
  read_block 1
  # as GRUB does: the newer block follows the other, 0 1 2 0
  case $seq.$seq2 in
    .* | 0.1 | 1.2 | 2.0) mark=$mark2 ;;
  esac
  umount /esp
}

# Sets seq, empty unless the block is whole, and mark, of one block of the mounted boot store.
read_block() {
  seq=
  STORE_SEQ=
  STORE_END=
  BOOT_MARK=
  A_TRY=
  B_TRY=
  if [ -f /esp$env_path.$1 ]; then
    while IFS='=' read -r name value; do
      case $name in
        STORE_SEQ) STORE_SEQ=$value ;;
        STORE_END) STORE_END=$value ;;
        BOOT_MARK) BOOT_MARK=$value ;;
        A_TRY) A_TRY=.$value ;;
        B_TRY) B_TRY=.$value ;;
      esac
    done </esp$env_path.$1
  fi
  case $STORE_SEQ in
    [012]) [ "$STORE_SEQ" != "$STORE_END" ] || seq=$STORE_SEQ ;;
  esac
  mark=$BOOT_MARK$A_TRY$B_TRY
}

# Looks at all disks: sets found (disks that hold the slot) and booted (those that GRUB has marked).
look() {
  found=
  booted=
  for d in /sys/block/*; do
    d=${d##*/}
    case $d in
      loop* | ram* | zram* | sr* | fd*) continue ;;
    esac
    read_table $d
    find_part $d $root_id
    [ -n "$part" ] || continue
    found="$found $d"
    [ -z "$given_mark" ] || read_mark $d
    [ "$mark" != "$given_mark" ] || booted="$booted $d"
  done
}

# Two disks may be clones of each other, down to every GUID. GRUB has written a new mark to the one
# it was started from, and told us.
choose() {
  tries=0
  looked=none
  while :; do
    kick
    coldplug
    set -- /sys/class/block/*
    if [ "$*" != "$looked" ] || [ $((tries % 10)) = 9 ]; then
      looked=$*
      look
      set -- $booted
      if [ $# -gt 1 ] && [ -n "$given_mark" ]; then
        fail "disks$booted carry the same mark $given_mark; the boot loader will change it"
      fi
      if [ $# -ge 1 ]; then
        disk=$1
        return
      fi
    fi
    tries=$((tries + 1))
    set -- $found
    if [ $# -ge 1 ] && [ $tries -gt 100 ]; then
      warn "no disk carries the mark $given_mark of this boot; taking $1 of$found"
      disk=$1
      return
    fi
    [ $tries -le $((wait * 10)) ] || fail "no disk has a partition $root_id"
    sleep 0.1
  done
}

# --- data -----------------------------------------------------------------------------------------

# When the disk is larger than its image was, the last partition takes the rest.
grow() {
  [ -x /sbin/sfdisk ] || return
  # the kernel counts in 512 bytes, whatever the disk's sectors
  read start </sys/class/block/$data/start
  read size </sys/class/block/$data/size
  read number </sys/class/block/$data/partition
  read whole </sys/block/$disk/size
  for p in /sys/block/$disk/*/start; do
    read other <$p
    [ $other -le $start ] || return
  done
  [ $((whole - start - size)) -gt 32768 ] || return
  say "growing $data to the end of $disk"
  if ! echo ', +' | /sbin/sfdisk -q -f --no-reread --no-tell-kernel -N $number /dev/$disk \
    >/run/slipway/sfdisk 2>&1; then
    warn "sfdisk: $(tail -n 1 /run/slipway/sfdisk)"
  fi
  blockdev --rereadpt /dev/$disk || warn "the kernel did not read the new partition table"
}

# The superblock tells how large the file system is: s_blocks_count, s_log_block_size.
grow_filesystem() {
  [ -x /sbin/resize2fs ] || return
  read size </sys/class/block/$data/size
  set -- $(hexdump -s 1028 -n 24 -e '6/4 "%u "' /dev/$data)
  [ $# -ge 6 ] && [ $((size - ($1 << ($6 + 1)))) -gt 32768 ] || return
  patiently /sbin/resize2fs /dev/$data >/run/slipway/resize2fs 2>&1 ||
    warn "resize2fs: $(tail -n 1 /run/slipway/resize2fs)"
}

check() {
  patiently /sbin/e2fsck -p /dev/$1 >/run/slipway/e2fsck 2>&1
  status=$?
  if [ $status -ge 4 ]; then
    warn "the data partition is damaged: $(tail -n 1 /run/slipway/e2fsck)"
    patiently /sbin/e2fsck -y /dev/$1 >/run/slipway/e2fsck 2>&1
    status=$?
  fi
  [ $status -eq 0 ] || data_state=repaired
  [ $status -lt 4 ]
}

lost() {
  data_state=tmpfs
  for i in 1 2 3; do
    warn "DATA LOST: $*"
  done
  warn "everything written from now on is gone at the next start"
  echo "$*" >/run/slipway/data-lost
  umount $stay 2>/dev/null
  mount -t tmpfs -o mode=755 data $stay || fail "no memory for a substitute of the data partition"
}

mount_data() {
  if [ -d $new/data ]; then
    stay=$new/data
  else
    stay=/run/slipway/data
    mkdir -p $stay
  fi
  if [ -z "$data" ]; then
    lost "$disk has no data partition $data_id"
  elif ! check $data; then
    lost "the file system on $data cannot be repaired: $(tail -n 1 /run/slipway/e2fsck)"
  elif ! mount -t ext4 -o rw,noatime /dev/$data $stay; then
    lost "the file system on $data cannot be mounted"
  elif ! : >$stay/.slipway; then
    lost "the file system on $data cannot be written to"
  else
    grow_filesystem
    reset_data
  fi
}

# A factory reset: everything that was changed on this machine goes, the request last, so that a cut
# in between only starts it again.
reset_data() {
  [ -e $stay/.slipway-reset ] || return
  warn "factory reset: removing what was changed on this machine"
  for name in $stay/* $stay/.[!.]*; do
    case ${name##*/} in
      .slipway-reset | lost+found) ;;
      *) patiently rm -rf "$name" ;;
    esac
  done
  sync
  rm $stay/.slipway-reset
  sync
}

# A directory that stays, made at its first use with the slot's owner, mode and content.
first_use() {
  [ ! -d $stay/$1 ] || return 0
  rm -rf $stay/.$1.new
  cp -a $new/$1 $stay/.$1.new && sync && mv $stay/.$1.new $stay/$1
}

mount_staying() {
  for name in $binds; do
    [ -d $new/$name ] || continue
    first_use $name && mount -o bind $stay/$name $new/$name && continue
    warn "DATA LOST: /$name cannot be used from the data partition"
    echo "/$name cannot be used from the data partition" >>/run/slipway/data-lost
    mount -t tmpfs -o mode=755 $name $new/$name || fail "/$name cannot be written to"
  done
  for name in $overlays; do
    [ -d $new/$name ] || continue
    mkdir -p $stay/$name/upper $stay/$name/work
    overlay $stay/$name && continue
    warn "DATA LOST: changes of /$name cannot be read from the data partition"
    echo "changes of /$name cannot be read from the data partition" >>/run/slipway/data-lost
    mkdir -p /run/slipway/$name/upper /run/slipway/$name/work
    overlay /run/slipway/$name || fail "/$name cannot be written to"
  done
}

overlay() {
  mount -t overlay -o lowerdir=$new/$name,upperdir=$1/upper,workdir=$1/work overlay $new/$name
}

# --- the slot -------------------------------------------------------------------------------------

# Whether the slot has a program. Links that start with a slash mean the slot's own root.
program() {
  p=$1
  for i in 1 2 3 4 5 6 7 8; do
    [ -L $new$p ] || break
    t=$(readlink $new$p)
    case $t in
      /*) p=$t ;;
      *) p=${p%/*}/$t ;;
    esac
  done
  [ -f $new$p ] && [ -x $new$p ]
}

mount_slot() {
  mount -t ext4 -o ro,noload /dev/$root $new || fail "slot $slot: $root cannot be mounted"
  for init in /sbin/init /usr/lib/systemd/systemd none; do
    program $init && break
  done
  [ $init != none ] || fail "slot $slot: there is no init"
}

# The watchdog stays armed when the slot's systemd will take it over.
hand_over_watchdog() {
  if grep -qs '^RuntimeWatchdogSec=[1-9]' $new/etc/systemd/system.conf \
    $new/etc/systemd/system.conf.d/*.conf $new/usr/lib/systemd/system.conf.d/*.conf; then
    kick
    [ -z "$dog" ] || exec 9>&-
  else
    disarm
  fi
}

report() {
  {
    echo slot=$slot
    echo disk=/dev/$disk
    echo root=/dev/$root
    echo esp=${esp:+/dev/$esp}
    echo store=$env_path
    echo loader=$loader
    echo data=${data:+/dev/$data}
    echo data_state=$data_state
  } >/run/slipway/boot
  say "slot $slot of $disk, data $data_state"
}

# --- the order of things --------------------------------------------------------------------------

mount -t devtmpfs -o mode=755 dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs -o mode=755,nosuid,nodev run /run
mkdir -p /run/slipway
echo on >/proc/sys/kernel/printk_devkmsg
read panic </proc/sys/kernel/panic
[ $panic != 0 ] || echo 10 >/proc/sys/kernel/panic

wait=60
read -r line </proc/cmdline
for x in $line; do
  case $x in
    root=PARTUUID=*) root_id=${x#root=PARTUUID=} ;;
    slipway.slot=*) slot=${x#*=} ;;
    slipway.data=*) data_id=${x#*=} ;;
    slipway.esp=*) esp_id=${x#*=} ;;
    slipway.env=*) env_path=${x#*=} ;;
    slipway.mark=*) given_mark=${x#*=} ;;
    slipway.loader=*) loader=${x#*=} ;;
    slipway.wait=*) wait=${x#*=} ;;
    ostree=*) given_deployment=${x#*=} ;;
    slipway.shell) shell=1 ;;
  esac
done
. /etc/slipway

modprobe -q -a $always 2>/dev/null
coldplug
arm
[ "$slot" != recovery ] || . /init-recovery
[ -n "$root_id" ] || fail "the kernel parameter root=PARTUUID=... is missing"
choose
read_table $disk
find_part $disk $root_id
root=$part
find_part $disk $esp_id
esp=$part
find_part $disk $data_id
data=$part
[ "$slot" != recovery ] || recover
if [ -n "$given_deployment" ]; then
  . /init-deployment
  data=$root
  grow
  mount_deployment
else
  [ -z "$data" ] || grow
  mount_slot
fi
data_state=none
if [ -n "$data_id" ]; then
  data_state=ok
  mount_data
  mount_staying
fi
report
hand_over_watchdog
for m in dev proc sys run; do
  mount -o move /$m $new/$m || fail "slot $slot: /$m is missing"
done
exec switch_root $new $init
