#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# From power on to the login prompt: Slipway's examples/cloud.yaml beside an A/B image of the same packages that is put together by hand, with mmdebstrap, mke2fs,
# sgdisk, grub-mkimage and a small initramfs of busybox. The image by hand does what such an image has to do: its boot loader picks a slot and counts tries, its
# initramfs finds the partitions by name and lays an overlay over the read-only root, its system checks and mounts the data partition and the ESP by label, and
# a unit marks the slot good. Both run under QEMU's emulation, one after the other, on one core.
#   boot-peers.sh [RUNS]
# The first start of an image makes keys and ids; the second is what a machine does every day. Each run starts both images twice.
# Needs root, mmdebstrap, e2fsprogs, gdisk, dosfstools, mtools, grub-pc-bin, grub-common, cpio, qemu-system-x86. CORE says which core (default 1).
set -euo pipefail
runs=${1:-2}
core=${CORE:-1}
home=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d -p "${PEER_TMP:-/dev/shm}" slipway-boot.XXXXXX)
trap 'rm -rf --one-file-system "$work"' EXIT
grub=/usr/lib/grub/i386-pc
mib=2048 # sectors
slot_a=00000000-0000-4000-8000-00000000000a
slot_b=00000000-0000-4000-8000-00000000000b

reference() { # makes $work/reference.img
  local packages tree=$work/tree kernel
  packages=$(sed -n '/^packages:/,/^[a-z]/s/^  - //p' "$home/examples/cloud.yaml" | paste -sd,)
  mmdebstrap --quiet --mode=root --variant=minbase --include="$packages,busybox-static,e2fsprogs,dosfstools,grub-common" bookworm "$work/tree.tar" >/dev/null
  mkdir "$tree" "$tree.initrd"
  tar -C "$tree" --numeric-owner --xattrs --xattrs-include='*' -xpf "$work/tree.tar"
  rm "$work/tree.tar"
  system "$tree"
  kernel=$(basename "$tree"/boot/vmlinuz-*)
  initrd "$tree" "${kernel#vmlinuz-}" >"$tree/initrd.img"
  cp "$tree/boot/$kernel" "$tree/vmlinuz.plain"
  rm -f "$tree/vmlinuz" && mv "$tree/vmlinuz.plain" "$tree/vmlinuz"
  mke2fs -q -t ext4 -O ^has_journal -d "$tree" "$work/root" 640M
  mke2fs -q -t ext4 -L data "$work/data" 128M
  disk
  rm -rf --one-file-system "$tree" "$tree.initrd" "$work/root" "$work/data"
}

system() { # tree: what differs from machine to machine goes; what an A/B system needs comes
  local tree=$1
  echo reference >"$tree/etc/hostname"
  : >"$tree/etc/machine-id"
  rm -f "$tree"/etc/ssh/ssh_host_* "$tree"/boot/initrd.img*
  mkdir -p "$tree/data" "$tree/boot/efi" "$tree/etc/systemd/system/ssh.service.d" "$tree/etc/systemd/system/default.target.wants"
  cat >"$tree/etc/fstab" <<'TEXT'
PARTLABEL=data /data ext4 defaults,noatime 0 2
PARTLABEL=esp /boot/efi vfat umask=0077,noatime 0 0
TEXT
  # Host keys are made at the first start, as in the other image.
  printf '[Service]\nExecStartPre=\nExecStartPre=/usr/bin/ssh-keygen -A\nExecStartPre=/usr/sbin/sshd -t\n' >"$tree/etc/systemd/system/ssh.service.d/keys.conf"
  cat >"$tree/usr/local/sbin/mark-good" <<'TEXT'
#!/bin/sh
read -r line </proc/cmdline
slot=${line##*ab.slot=}
slot=${slot%% *}
exec grub-editenv /boot/efi/EFI/debian/grubenv set "${slot}_OK=1" "${slot}_TRY=0"
TEXT
  chmod 755 "$tree/usr/local/sbin/mark-good"
  cat >"$tree/etc/systemd/system/mark-good.service" <<'TEXT'
[Unit]
Description=Mark the running slot good
RequiresMountsFor=/boot/efi
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/mark-good
TEXT
  ln -s ../mark-good.service "$tree/etc/systemd/system/default.target.wants/"
}

initrd() { # tree, kernel version: busybox, the modules of a virtio disk, of ext4, of the overlay and of the ESP in the order they load
  local to=$1.initrd module path
  mkdir -p "$to"/{bin,dev,proc,sys,run,new,lower,data,mod}
  cp "$1/usr/bin/busybox" "$to/bin/"
  for module in virtio_pci virtio_blk crc32c_generic ext4 overlay vfat nls_cp437 nls_ascii; do
    chroot "$1" modprobe -S "$2" --show-depends "$module" | sed -n 's/^insmod //p'
  done | awk '!seen[$1]++ {print $1}' | while read -r path; do
    cp "$1$path" "$to/mod/"
    basename "$path" >>"$to/mod/order"
  done
  cat >"$to/init" <<'TEXT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs -o mode=755 run /run
while read -r module; do insmod "/mod/$module"; done </mod/order
wait=3
for word in $(cat /proc/cmdline); do
  case $word in
    ab.slot=*) slot=${word#*=} ;;
    panic=*) wait=${word#*=} ;;
  esac
done
stop() {
  echo "initramfs: $1"
  sleep "$wait"
  echo b >/proc/sysrq-trigger
}
partition() { # name: its device
  for turn in 1 2 3 4 5 6 7 8 9 10; do
    for event in /sys/class/block/*/uevent; do
      if grep -q "^PARTNAME=$1\$" "$event"; then
        echo "/dev/$(sed -n 's/^DEVNAME=//p' "$event")"
        return
      fi
    done
    sleep 0.2
  done
}
root=$(partition "root$slot")
data=$(partition data)
[ -n "$root" ] || stop "no partition root$slot"
mount -t ext4 -o ro,noload "$root" /lower || stop "cannot mount $root"
mount -t ext4 -o noatime "$data" /data || stop "cannot mount $data"
mkdir -p "/data/overlay/$slot/upper" "/data/overlay/$slot/work"
mount -t overlay -o "lowerdir=/lower,upperdir=/data/overlay/$slot/upper,workdir=/data/overlay/$slot/work" overlay /new || stop 'cannot mount the overlay'
for place in data dev proc sys run; do mount -o move "/$place" "/new/$place"; done
[ -x /new/usr/lib/systemd/systemd ] || stop 'no init'
exec switch_root /new /usr/lib/systemd/systemd
TEXT
  chmod 755 "$to/init"
  (cd "$to" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0 | gzip -n9)
}

boot_script() {
  cat <<TEXT
serial --unit=0 --speed=115200
terminal_input serial console
terminal_output serial console
set timeout=0
insmod loadenv
insmod test
load_env
if [ -z "\$ORDER" ]; then set ORDER="A B"; fi
set pick=""
set left=""
for slot in \$ORDER; do
  if [ -z "\$pick" ]; then
    if [ "\$slot" = A ]; then set ok="\$A_OK"; set try="\$A_TRY"; else set ok="\$B_OK"; set try="\$B_TRY"; fi
    if [ "\$ok" = 1 ]; then set pick="\$slot";
    elif [ "\$try" = 3 ]; then set pick="\$slot"; set left=2;
    elif [ "\$try" = 2 ]; then set pick="\$slot"; set left=1;
    elif [ "\$try" = 1 ]; then set pick="\$slot"; set left=0;
    fi
  fi
done
if [ -z "\$pick" ]; then set pick=A; echo "no slot is left, taking A"; fi
if [ -n "\$left" ]; then
  if [ "\$pick" = A ]; then set A_TRY="\$left"; else set B_TRY="\$left"; fi
  save_env A_TRY B_TRY
fi
if [ "\$pick" = A ]; then set default=0; set fallback=1; else set default=1; set fallback=0; fi
regexp --set=1:disk '^\\(([a-z0-9]+),' "\$prefix"
function start {
  set root="\$disk,gpt\$2"
  linux /vmlinuz root=PARTUUID=\$3 ro ab.slot=\$1 console=ttyS0 panic=3
  initrd /initrd.img
}
menuentry "slot A" { start A 3 $slot_a }
menuentry "slot B" { start B 4 $slot_b }
TEXT
}

disk() {
  local image=$work/reference.img esp=$((2 * mib)) a=$((66 * mib)) b=$((706 * mib)) data=$((1346 * mib)) end=$((1474 * mib))
  truncate -s $(((end + mib) * 512)) "$image"
  sgdisk -a 2048 -n 1:$mib:$((esp - 1)) -t 1:EF02 -c 1:bios -n 2:$esp:$((a - 1)) -t 2:EF00 -c 2:esp \
    -n 3:$a:$((b - 1)) -t 3:8304 -c 3:rootA -u 3:$slot_a -n 4:$b:$((data - 1)) -t 4:8304 -c 4:rootB -u 4:$slot_b \
    -n 5:$data:$((end - 1)) -t 5:8300 -c 5:data "$image" >/dev/null
  truncate -s 64M "$work/esp"
  mkfs.fat -F 32 -n ESP "$work/esp" >/dev/null
  boot_script >"$work/grub.cfg"
  grub-editenv "$work/grubenv" create
  grub-editenv "$work/grubenv" set 'ORDER=A B' A_OK=0 A_TRY=3 B_OK=0 B_TRY=0
  mmd -i "$work/esp" ::EFI ::EFI/debian
  mcopy -i "$work/esp" "$work/grub.cfg" "$work/grubenv" ::EFI/debian/
  dd if="$work/esp" of="$image" bs=1M seek=2 conv=notrunc,sparse status=none
  dd if="$work/root" of="$image" bs=1M seek=66 conv=notrunc,sparse status=none
  dd if="$work/data" of="$image" bs=1M seek=1346 conv=notrunc,sparse status=none
  rm "$work/esp"
  grub-mkimage -O i386-pc -o "$work/core" -p '(,gpt2)/EFI/debian' biosdisk part_gpt fat ext2 normal configfile linux loadenv test regexp serial terminal echo sleep \
    reboot halt minicmd search search_fs_uuid search_label ls cat gzio
  # boot.img finds the core image by its sector, the core its rest: what grub-install would write, without a device.
  python3 - "$image" "$grub/boot.img" "$work/core" <<'TEXT'
import struct, sys
image, boot, core = sys.argv[1], bytearray(open(sys.argv[2], "rb").read()), bytearray(open(sys.argv[3], "rb").read())
struct.pack_into("<Q", boot, 0x5C, 2048)
boot[0x66:0x68] = b"\x90\x90"
struct.pack_into("<Q", core, 500, 2049)
with open(image, "r+b") as f:
    f.write(boot[:440])
    f.seek(2048 * 512)
    f.write(core)
TEXT
}

# Prints seconds from power on to the login prompt, and the processor's seconds.
start() { # image
  local log=$work/console from to pid cpu
  : >"$log"
  from=$(date +%s%N)
  taskset -c "$core" qemu-system-x86_64 -machine pc -accel tcg -cpu max -m 1024 -nodefaults -display none -net none -monitor none -serial "file:$log" \
    -device virtio-rng-pci -drive "id=d,if=none,format=raw,file=$1" -device virtio-blk-pci,drive=d &
  pid=$!
  until grep -aq 'login:' "$log"; do
    kill -0 $pid 2>/dev/null || {
      tail -n 20 "$log" >&2
      exit 1
    }
    sleep 0.05
  done
  to=$(date +%s%N)
  cpu=$(awk -v hz="$(getconf CLK_TCK)" '{print ($14 + $15) / hz}' "/proc/$pid/stat")
  sleep 15 # what the first start made reaches the disk
  kill $pid
  wait $pid 2>/dev/null || true
  awk -v ns=$((to - from)) -v cpu="$cpu" 'BEGIN {printf "%.2f %.2f\n", ns / 1e9, cpu}'
}

reference
"$home/slipway" build "$home/examples/cloud.yaml" --output "$work/ours" --store "${PEER_STORE:-$work/store}" >"$work/log" 2>&1 || {
  tail -n 20 "$work/log" >&2
  exit 1
}
mv "$work"/ours/cloud-*.img "$work/slipway.img"
for ((i = 1; i <= runs; i++)); do
  for which in reference slipway; do
    cp --sparse=always "$work/$which.img" "$work/run.img"
    for time in first second; do
      read -r wall cpu < <(start "$work/run.img")
      echo "$which $i, $time start: login after $wall s, CPU $cpu s"
      echo "$wall" >>"$work/wall.$which.$time"
      echo "$cpu" >>"$work/cpu.$which.$time"
    done
  done
done
median() { sort -n "$1" | awk '{v[NR] = $1} END {print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2}'; }
for time in first second; do
  awk -v t=$time -v r="$(median "$work/wall.reference.$time")" -v s="$(median "$work/wall.slipway.$time")" -v rc="$(median "$work/cpu.reference.$time")" \
    -v sc="$(median "$work/cpu.slipway.$time")" \
    'BEGIN {printf "%s start: reference %.2f s, slipway %.2f s, ratio %.2f (of CPU %.2f)\n", t, r, s, s / r, sc / rc}'
done
