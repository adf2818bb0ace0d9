#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# From power on to the login prompt: Slipway's examples/cloud.yaml beside an A/B image of the same packages that is put together by hand, with mmdebstrap, mke2fs,
# sgdisk, grub-mkimage and a small initramfs of busybox and the modules its disk needs. Both run under QEMU's emulation, one after the other, on one core.
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

reference() { # makes $work/reference.img
  local packages tree=$work/tree kernel
  packages=$(sed -n '/^packages:/,/^[a-z]/s/^  - //p' "$home/examples/cloud.yaml" | paste -sd,)
  mmdebstrap --quiet --mode=root --variant=minbase --include="$packages,busybox-static" bookworm "$work/tree.tar" >/dev/null
  mkdir "$tree" "$tree.initrd"
  tar -C "$tree" --numeric-owner --xattrs --xattrs-include='*' -xpf "$work/tree.tar"
  rm "$work/tree.tar"
  echo reference >"$tree/etc/hostname"
  : >"$tree/etc/machine-id"
  rm -f "$tree"/etc/ssh/ssh_host_* "$tree"/boot/initrd.img*
  mkdir -p "$tree/data"
  # Host keys are made at the first start, as in the other image.
  mkdir -p "$tree/etc/systemd/system/ssh.service.d"
  printf '[Service]\nExecStartPre=\nExecStartPre=/usr/bin/ssh-keygen -A\nExecStartPre=/usr/sbin/sshd -t\n' >"$tree/etc/systemd/system/ssh.service.d/keys.conf"
  printf '/dev/vda2 /boot/efi vfat umask=0077,noauto 0 0\n' >"$tree/etc/fstab"
  kernel=$(basename "$tree"/boot/vmlinuz-*)
  initrd "$tree" "${kernel#vmlinuz-}" >"$tree/initrd.img"
  cp "$tree/boot/$kernel" "$tree/vmlinuz.plain"
  rm -f "$tree/vmlinuz" && mv "$tree/vmlinuz.plain" "$tree/vmlinuz"
  mke2fs -q -t ext4 -O ^has_journal -d "$tree" "$work/root" 640M
  mke2fs -q -t ext4 "$work/data" 128M
  disk
  rm -rf --one-file-system "$tree" "$tree.initrd" "$work/root" "$work/data"
}

initrd() { # tree, kernel version: busybox, the way to a virtio disk, an overlay of everything on the data partition
  local from=$1/usr/lib/modules/$2 to=$1.initrd module
  mkdir -p "$to"/{bin,dev,proc,sys,new,lower,data}
  cp "$1/usr/bin/busybox" "$to/bin/"
  for module in virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk crc16 crc32c_generic mbcache jbd2 ext4 overlay; do
    find "$from" -name "$module.ko" -exec cp {} "$to/" \;
  done
  cat >"$to/init" <<'TEXT'
#!/bin/busybox sh
b=/bin/busybox
$b mount -t devtmpfs dev /dev
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
for m in virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk crc16 crc32c_generic mbcache jbd2 ext4 overlay; do
  [ ! -e /$m.ko ] || $b insmod /$m.ko
done
until [ -b /dev/vda5 ]; do $b sleep 0.05; done
$b mount -t ext4 -o ro,noload /dev/vda3 /lower
$b mount -t ext4 -o noatime /dev/vda5 /data
$b mkdir -p /data/upper /data/work
$b mount -t overlay -o lowerdir=/lower,upperdir=/data/upper,workdir=/data/work overlay /new
for m in dev proc sys; do $b mount -o move /$m /new/$m; done
exec $b switch_root /new /sbin/init
TEXT
  chmod 755 "$to/init"
  (cd "$to" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0 | gzip -n9)
}

disk() {
  local image=$work/reference.img esp=$((2 * mib)) a=$((66 * mib)) b=$((706 * mib)) data=$((1346 * mib)) end=$((1474 * mib))
  truncate -s $(((end + mib) * 512)) "$image"
  sgdisk -a 2048 -n 1:$mib:$((esp - 1)) -t 1:EF02 -n 2:$esp:$((a - 1)) -t 2:EF00 -n 3:$a:$((b - 1)) -t 3:8304 -n 4:$b:$((data - 1)) -t 4:8304 \
    -n 5:$data:$((end - 1)) -t 5:8300 "$image" >/dev/null
  truncate -s 64M "$work/esp"
  mkfs.fat -F 32 -n ESP "$work/esp" >/dev/null
  cat >"$work/grub.cfg" <<'TEXT'
serial --unit=0 --speed=115200
terminal_output serial console
load_env
set A_TRY=1
save_env A_TRY
set root=(hd0,gpt3)
linux /vmlinuz root=/dev/vda3 ro console=tty0 console=ttyS0 panic=10
initrd /initrd.img
boot
TEXT
  grub-editenv "$work/grubenv" create
  mmd -i "$work/esp" ::EFI ::EFI/debian
  mcopy -i "$work/esp" "$work/grub.cfg" "$work/grubenv" ::EFI/debian/
  dd if="$work/esp" of="$image" bs=1M seek=2 conv=notrunc,sparse status=none
  dd if="$work/root" of="$image" bs=1M seek=66 conv=notrunc,sparse status=none
  dd if="$work/data" of="$image" bs=1M seek=1346 conv=notrunc,sparse status=none
  rm "$work/esp"
  grub-mkimage -O i386-pc -o "$work/core" -p '(,gpt2)/EFI/debian' biosdisk part_gpt fat ext2 normal configfile linux loadenv serial terminal echo boot gzio
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
