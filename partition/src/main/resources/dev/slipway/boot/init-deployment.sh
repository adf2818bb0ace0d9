# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The part of the first program that starts an ostree deployment instead of a slot. Read by init,
# whose functions it uses, when the kernel parameter ostree=/ostree/boot.N/... is given.
#
#   /sysroot                  the root partition, where repository and deployments lie
#   $new                      the deployment, bound; its /usr cannot be written to
#   $new/var                  the stateroot's, the same for all deployments
#   $new/etc                  the deployment's own
#   $new/boot, $new/sysroot   the root partition's

sysroot=/sysroot

# Sets deployment: the directory the link leads to. A menu that is older than the links names a
# boot.N that has been replaced; the other one then leads to a deployment with the same kernel.
find_deployment() {
  deployment=
  rest=${given_deployment#/ostree/boot.[01]/}
  for link in $sysroot$given_deployment $sysroot/ostree/boot.[01]/$rest \
    $sysroot/ostree/boot.[01]/${rest%/*}/[0-9]*; do
    [ -L $link ] || continue
    deployment=$(readlink -f $link)
    case $deployment in
      $sysroot/ostree/deploy/*/deploy/*) ;;
      *) continue ;;
    esac
    [ -d $deployment/usr ] || continue
    [ $link = $sysroot$given_deployment ] ||
      warn "$given_deployment leads nowhere; starting ${deployment##*/}"
    return
  done
  fail "$given_deployment leads to no deployment on $root"
}

bind() {
  mount -o bind $1 $2 || fail "$1 cannot be bound to $2"
}

mount_deployment() {
  mkdir -p $sysroot
  data=$root
  check $root || warn "the file system on $root is damaged: $(tail -n 1 /run/slipway/e2fsck)"
  mount -t ext4 -o rw,noatime /dev/$root $sysroot || fail "$root cannot be mounted"
  grow_filesystem
  data=
  find_deployment
  say "starting deployment ${deployment##*/}"
  bind $deployment $new
  bind ${deployment%/deploy/*}/var $new/var
  bind $new/usr $new/usr
  mount -o remount,bind,ro $new/usr || fail "$new/usr cannot be made read-only"
  [ ! -L $sysroot/boot/loader ] || bind $sysroot/boot $new/boot
  bind $sysroot $new/sysroot
  umount -l $sysroot
  : >/run/ostree-booted
  for init in /sbin/init /usr/lib/systemd/systemd none; do
    program $init && break
  done
  [ $init != none ] || fail "deployment ${deployment##*/}: there is no init"
}
