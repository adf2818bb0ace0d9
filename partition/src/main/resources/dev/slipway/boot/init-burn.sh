# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The part of the recovery system that writes a release over a slot, out of a bundle with a whole
# image: from a file on any disk or stick, or over HTTP. Read by init-recovery, whose functions it
# uses, when the recovery system was built with a keyring.
#
# Nothing of a bundle is believed before its signature was found good by that keyring: the signed
# manifest names the root of a hash tree, by which the kernel (dm-verity) checks every block of the
# payload when it is read, the file system in it included.
#
# Kernel parameters:
#   slipway.burn=FROM   where releases are looked for, "disk" or addresses, with commas between; the
#                       first that fits is written without asking

keyring=/etc/slipway-keyring.pem
burn_dir=/run/slipway/burn
medium=$burn_dir/medium
mapping=slipway-bundle
attended=
# sets compatible, sequence, built, sources, unattended
. /etc/slipway-burn
for x in $line; do
  case $x in
    slipway.burn=*)
      sources=$(echo "${x#*=}" | tr , ' ')
      unattended=1
      ;;
  esac
done

# --- what a bundle says ---------------------------------------------------------------------------

refuse() {
  echo "  $bundle_name: refused: $*"
  return 1
}

# value GROUP KEY, out of the manifest
value() {
  within=
  while IFS= read -r row; do
    case $row in
      "[$1]") within=yes ;;
      '['*) within= ;;
      "$2="*)
        if [ -n "$within" ]; then
          echo "${row#*=}"
          return
        fi
        ;;
    esac
  done <$burn_dir/manifest
}

number() {
  case $1 in
    '' | *[!0-9]* | ???????????????????*) return 1 ;;
  esac
}

hex() {
  case $1 in
    *[!0-9a-f]*) return 1 ;;
  esac
  [ ${#1} -eq 64 ]
}

# Takes the signature off the end of a bundle, and the manifest out of it when it counts.
verify_signature() {
  bundle_bytes=$(stat -c %s "$bundle") && [ "$bundle_bytes" -gt 8192 ] ||
    refuse "it has ${bundle_bytes:-no} bytes, a bundle has more" || return
  set -- $(tail -c 8 "$bundle" | od -An -v -tu1)
  signature_bytes=$((($6 * 256 + $7) * 256 + $8))
  [ "$1$2$3$4$5" = 00000 ] && [ $signature_bytes -gt 0 ] && [ $signature_bytes -le 65536 ] ||
    refuse 'it does not end in the length of a signature; was it copied as a whole?' || return
  tail -c $((signature_bytes + 8)) "$bundle" | head -c $signature_bytes >$burn_dir/signature
  # a clock that stands before this system was built is wrong
  now=$(date +%s)
  [ "$now" -ge "$built" ] || now=$built
  openssl cms -verify -binary -inform DER -in $burn_dir/signature -CAfile $keyring -no-CApath -no-CAstore \
    -partial_chain -attime "$now" -out $burn_dir/manifest 2>$burn_dir/openssl && return
  why=$(sed -n 's/.*Verify error: *//p' $burn_dir/openssl)
  [ -n "$why" ] || why=$(sed -n 's/.*:error:[^:]*:[^:]*:[^:]*:\([^:]*\):.*/\1/p' $burn_dir/openssl | tail -n 1)
  refuse "its signature does not count here: ${why:-no reason was given}"
}

# Looks at a file, under a name for people. Sets version, bundle_sequence, image, image_bytes,
# image_digest, and where the hash tree hangs.
check_bundle() {
  bundle=$1
  bundle_name=$2
  verify_signature || return
  [ "$(value bundle format)" = verity ] || refuse 'it is no verity bundle' || return
  [ "$(value meta.slipway format)" = 1 ] || refuse 'it was made by another tool, or for a newer system' || return
  machine=$(value update compatible)
  [ "$machine" = "$compatible" ] || refuse "it is for \"$machine\", this machine is a \"$compatible\"" || return
  expires=$(value meta.slipway expires)
  if [ -n "$expires" ]; then
    last=${expires%Z}
    last=$(date -u -d "${last%T*} ${last#*T}" +%s) && [ "$now" -lt "$last" ] ||
      refuse "it expired at $expires" || return
  fi
  version=$(value update version)
  bundle_sequence=$(value meta.slipway sequence)
  image=$(value image.rootfs filename)
  image_bytes=$(value image.rootfs size)
  image_digest=$(value image.rootfs sha256)
  [ -n "$image" ] || refuse 'it has no whole image of the system, only changes from one release to another' || return
  case $image in
    .* | *[!A-Za-z0-9_.+-]*) refuse "its image has the name \"$image\"" || return ;;
  esac
  tree_root=$(value bundle verity-hash)
  tree_salt=$(value bundle verity-salt)
  tree_bytes=$(value bundle verity-size)
  number "$bundle_sequence" && number "$image_bytes" && hex "$image_digest" &&
    hex "$tree_root" && hex "$tree_salt" && number "$tree_bytes" ||
    refuse 'its manifest lacks a number or a digest' || return
  payload_bytes=$((bundle_bytes - 8 - signature_bytes - tree_bytes))
  [ $payload_bytes -gt 0 ] && [ $((payload_bytes % 4096)) -eq 0 ] ||
    refuse "it has $bundle_bytes bytes, which is not what its signature tells; was it copied as a whole?"
}

# --- where it is written --------------------------------------------------------------------------

# Sets newest: the sequence number of the release that worked here last, of this system if unknown.
find_newest() {
  newest=$sequence
  read_choice
  good_part=
  case $LAST_GOOD in
    A) good_part=$A_part ;;
    B) good_part=$B_part ;;
  esac
  [ -n "$good_part" ] && mount -t ext4 -o ro,noload /dev/$good_part $new 2>/dev/null || return 0
  known=$(sed -n 's/^sequence=//p' $new/usr/lib/slipway/release 2>/dev/null)
  umount $new
  number "$known" && [ "$known" -gt "$newest" ] && newest=$known
  return 0
}

# Sets target, target_part and target_holds: an empty slot, else the one that did not work last.
choose_target() {
  if [ -z "$A_holds" ]; then
    set_target A
  elif [ -z "$B_holds" ] || [ "$LAST_GOOD" = A ]; then
    set_target B
  else
    set_target A
  fi
}

set_target() {
  target=$1
  eval "target_part=\$$1_part target_holds=\${$1_holds:-nothing}"
}

# Whether a slot holds the very image, and was started with it as often as it may be.
tried_in_vain() {
  set_target $1
  eval "ok=\$$1_OK tries=\$$1_TRY"
  [ "$ok.$tries" = 1.3 ] && [ "$(slot_digest)" = "$image_digest" ]
}

# Without anybody there the same release is written over each slot once, not for ever.
skip_what_was_tried() {
  tried_in_vain $target || return 0
  rival=B
  [ $target = A ] || rival=A
  ! tried_in_vain $rival || refuse "both slots hold release $version, and neither starts with it"
}

told=0
progress() {
  percent=$(($2 * 100 / $3))
  if [ $percent -ge $((told + 10)) ] || [ $percent -lt $told ]; then
    told=$percent
    echo "  $1: $percent %"
  fi
}

# Pieces of 16 MiB, each on the disk before the next.
write_slot() {
  piece=0
  while [ $((piece << 24)) -lt $image_bytes ]; do
    dd if=$burn_dir/bundle/$image of=/dev/$target_part bs=1M count=16 skip=$((piece * 16)) seek=$((piece * 16)) \
      conv=notrunc,fsync 2>$burn_dir/dd || return
    piece=$((piece + 1))
    so_far=$((piece << 24))
    [ $so_far -le $image_bytes ] || so_far=$image_bytes
    progress writing $so_far $image_bytes
  done
}

# From the disk, not from memory.
slot_digest() {
  sync
  blockdev --flushbufs /dev/$target_part
  echo 3 >/proc/sys/vm/drop_caches
  set -- $(read_slot | head -c $image_bytes | sha256sum)
  echo $1
}

read_slot() {
  piece=0
  while [ $((piece << 24)) -lt $image_bytes ]; do
    dd if=/dev/$target_part bs=1M count=16 skip=$((piece * 16)) 2>/dev/null || return
    piece=$((piece + 1))
  done
}

open_bundle() {
  mkdir -p $burn_dir/bundle
  loop=$(losetup -f) && losetup -r $loop "$bundle" || return
  DM_DISABLE_UDEV=1 dmsetup create $mapping --readonly --table \
    "0 $((payload_bytes / 512)) verity 1 $loop $loop 4096 4096 $((payload_bytes / 4096)) $((payload_bytes / 4096)) sha256 $tree_root $tree_salt" \
    >$burn_dir/dmsetup 2>&1 && mount -t squashfs -o ro /dev/mapper/$mapping $burn_dir/bundle
}

close_bundle() {
  umount $burn_dir/bundle 2>/dev/null
  [ ! -e /dev/mapper/$mapping ] || DM_DISABLE_UDEV=1 dmsetup remove $mapping
  losetup -d $loop 2>/dev/null
}

# Writes the bundle that was checked last, in the order of the installer: taken away from the boot
# loader, written, read back, and only then made the first to be started.
write_release() {
  [ -n "$A_part" ] || refuse 'no disk with the slots of this machine was found' || return
  find_newest
  choose_target
  older=
  [ "$bundle_sequence" -ge "$newest" ] || older="number $bundle_sequence, older than $newest, which worked here"
  if [ -z "$attended" ]; then
    [ -z "$older" ] || refuse "it is $older; take it by hand if you mean it" || return
    skip_what_was_tried || return
  else
    [ -z "$older" ] || echo "  It is $older."
    sure "Release $version will be written over slot $target, which holds $target_holds." || return
  fi
  read -r room </sys/class/block/$target_part/size
  [ $image_bytes -le $((room * 512)) ] ||
    refuse "its image has $image_bytes bytes, slot $target holds $((room * 512))" || return
  if open_bundle && [ "$(stat -c %s $burn_dir/bundle/$image)" = "$image_bytes" ]; then
    write_and_compare
  else
    refuse "it cannot be opened; is it damaged? $(tail -n 1 $burn_dir/dmsetup 2>/dev/null)"
  fi
  written=$?
  close_bundle
  [ $written = 0 ] || return
  echo "  Release $version is in slot $target; restarting"
  leave reboot
}

write_and_compare() {
  echo "  Writing release $version over slot $target. Do not switch off; if it happens, this starts again."
  boot_store status >/dev/null 2>&1 || boot_store repair $target || refuse 'the boot store cannot be written' || return
  boot_store set-state $target bad || refuse 'the boot store cannot be written' || return
  write_slot || refuse "it could not be written: $(head -n 1 $burn_dir/dd)" || return
  echo '  reading it back'
  found=$(slot_digest)
  [ "$found" = "$image_digest" ] ||
    refuse "slot $target reads as $found, expected $image_digest; is the disk broken?" || return
  boot_store set-primary $target || refuse 'the boot store cannot be written'
}

# --- from disks and sticks ------------------------------------------------------------------------

# The kernel would tell the console of each file system that it is not.
mount_medium() {
  mkdir -p $medium
  echo 1 >/proc/sys/kernel/printk
  mount_whatever_it_is $1
  mounted=$?
  echo 4 >/proc/sys/kernel/printk
  return $mounted
}

mount_whatever_it_is() {
  # only the journal of our own data partition is replayed
  if [ "$1" = "$data" ]; then
    check $1 && mount -t ext4 -o ro /dev/$1 $medium
    return
  fi
  mount -t ext4 -o ro,noload /dev/$1 $medium 2>/dev/null && return
  mount -t vfat -o ro,codepage=437,iocharset=ascii /dev/$1 $medium 2>/dev/null && return
  for kind in exfat iso9660 ntfs3; do
    mount -t $kind -o ro /dev/$1 $medium 2>/dev/null && return
  done
  return 1
}

# Of all bundles that fit, the latest release comes first.
burn_from_disks() {
  echo 'looking for releases (*.raucb) on disks and sticks'
  : >$burn_dir/found
  for p in /sys/class/block/*; do
    p=${p##*/}
    case " $A_part $B_part $esp " in
      *" $p "*) continue ;;
    esac
    case $p in
      loop* | ram* | zram* | dm-* | fd*) continue ;;
    esac
    # a disk with partitions has its file systems in these
    set -- /sys/class/block/$p/*/partition
    [ ! -e $1 ] || continue
    mount_medium $p || continue
    find $medium -maxdepth 3 -name '*.raucb' -type f | while IFS= read -r file; do
      ! check_bundle "$file" "${file##*/}" || echo "$bundle_sequence $p $file" >>$burn_dir/found
    done
    umount $medium
  done
  [ -s $burn_dir/found ] || echo '  there is none'
  sort -rn $burn_dir/found >$burn_dir/latest
  while read -r _ p file <&3; do
    mount_medium $p || continue
    check_bundle "$file" "${file##*/}" && echo "  taking ${file##*/} on $p" && write_release
    umount $medium
  done 3<$burn_dir/latest
  return 1
}

# --- over the network -----------------------------------------------------------------------------

start_network() {
  [ ! -e $burn_dir/network ] || return 0
  for card in /sys/class/net/*; do
    ip link set ${card##*/} up
  done
  for card in /sys/class/net/*; do
    card=${card##*/}
    [ $card != lo ] || continue
    echo "asking for an address on $card"
    if udhcpc -f -q -n -i $card -t 5 -T 3 -s /bin/dhcp-lease >$burn_dir/udhcpc 2>&1; then
      : >$burn_dir/network
      return 0
    fi
  done
  echo '  no network answers; is the cable connected?'
  return 1
}

# Nobody looks at the certificate of a server: what counts is the signature of the bundle.
get() {
  wget --no-check-certificate "$@"
}

# Sets length of what is at an address.
find_length() {
  get -S --spider "$1" >$burn_dir/wget 2>&1 &
  end_of $! 30 $burn_dir/wget
  length=$(sed -n 's/^ *[Cc]ontent-[Ll]ength: *\([0-9]*\).*/\1/p' $burn_dir/wget | tail -n 1)
  number "$length" && return
  echo "  $1: no answer that tells a length: $(tail -n 1 $burn_dir/wget)"
  return 1
}

# In memory if it fits, else on the data partition. Sets download, a directory.
find_room() {
  download=$burn_dir/download
  mkdir -p $download
  free=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)
  needed=$((length / 1024 + 65536))
  if [ "$free" -gt $needed ]; then
    mount -t tmpfs -o mode=700,size=$((length / 1024 + 1024))k download $download
    return
  fi
  if [ -n "$data" ] && check $data && mount -t ext4 -o rw,noatime /dev/$data $download; then
    set -- $(df -Pk $download | tail -n 1)
    [ "$4" -le $((length / 1024 + 1024)) ] || return 0
    umount $download
  fi
  echo "  neither memory nor the data partition has $needed KiB free for it; use a stick"
  return 1
}

# Waits for a program that writes a file, and ends it when the file has not grown for some seconds.
# busybox's wget would wait for ever.
end_of() {
  idle=0
  size=0
  while kill -0 $1 2>/dev/null; do
    sleep 1
    idle=$((idle + 1))
    before=$size
    size=$(stat -c %s "$3" 2>/dev/null || echo 0)
    [ $size = $before ] || idle=0
    [ "${4:-0}" = 0 ] || progress fetching $size $4
    [ $idle -le $2 ] || kill $1
  done
}

# Each try goes on where the one before it ended.
fetch() {
  size=0
  for try in 1 2 3 4 5; do
    get -q -c -O $file "$1" 2>$burn_dir/wget &
    end_of $! 60 $file $length
    [ $size != $length ] || return 0
    sleep 3
  done
  echo "  $1: $size of $length bytes came; $(tail -n 1 $burn_dir/wget)"
  return 1
}

burn_from_network() {
  start_network || return
  echo "looking at $1"
  find_length "$1" && find_room || return
  file=$download/slipway-release.raucb
  fetch "$1" && check_bundle $file "${1##*/}" && write_release
  rm -f $file
  umount $download
  return 1
}

# --- who asks for it ------------------------------------------------------------------------------

# Takes the first source that has a release that fits. Comes back only when there is none.
burn() {
  mkdir -p $burn_dir /dev/mapper
  # for what the kernel asks for by itself: the chip behind a network card, digests
  echo /bin/modprobe >/proc/sys/kernel/modprobe
  modprobe -q -a loop dm_verity squashfs isofs exfat ntfs3 realtek 2>/dev/null
  for source in "$@"; do
    case $source in
      disk) burn_from_disks ;;
      http://* | https://*) burn_from_network "$source" ;;
      *) echo "\"$source\" is neither disk nor an address such as http://update.example/robot.raucb" ;;
    esac
  done
  return 1
}

# Every five minutes: a server may come back, a stick may be put in.
burn_by_itself() {
  # an address may hold a question mark
  set -f
  set -- $sources
  set +f
  while :; do
    alone burn "$@"
    sleep 300
  done 2>&1 | while IFS= read -r sentence; do
    for console in $consoles; do
      echo "$sentence" >/dev/$console
    done
  done
}

burn_menu() {
  echo 'Where is the release?'
  echo '    1  a file *.raucb on a disk or stick of this machine'
  echo '    2  the network'
  printf 'Anything else leaves it: '
  read -r answer
  attended=1
  case $answer in
    1) burn disk ;;
    2)
      known=$(echo "$sources" | tr ' ' '\n' | grep '^http' | head -n 1)
      echo "Its address, such as http://update.example/robot.raucb${known:+; nothing for $known}"
      printf 'address: '
      read -r answer
      burn "${answer:-$known}"
      ;;
  esac
  attended=
}
