# SPDX-License-Identifier: Apache-2.0
# The host's side of a sandbox: process 1 of its own namespaces, standing in a private file system at $base.
# Standard input holds the stages: for each the length of a script in a line, the script, a tar of what joins the tree. The script says how long the tar is
# (0: all that is left, in the last stage) and defines what to run. Standard output is a header, the list of all paths and a tar of what changed.
# Standard error carries what the commands print, and lines that start with byte 1 and tell how far the run is.
# Above this text stand the settings and the programs that cover others, as assignments and calls of put.

say() { printf '\001%s\n' "$*" >&2; }
fail() { say "broken $*"; exit 4; }

# A process that keeps writing finds out when nobody reads any more: the builder is gone, so everything here goes too.
heartbeat() {
  trap '' PIPE
  while sleep 1; do
    printf '\001alive\n' >&2 || break
  done
  kill -9 -1
}

node() { # name, kind, numbers: a device of the tree's /dev, borrowed from the host where making one is refused
  mknod -m 666 "root/dev/$1" c "$2" "$3" 2>/dev/null && return
  : >"root/dev/$1"
  mount --bind "/dev/$1" "root/dev/$1" || fail "device /dev/$1 cannot be borrowed from the host"
}

prepare() {
  for directory in dev proc sys run tmp; do
    [ ! -L "root/$directory" ] || fail "/$directory is a symbolic link in the tree; it must be a directory"
    [ -d "root/$directory" ] || mkdir "root/$directory"
  done
  mount -t tmpfs -o mode=0755,size=16m slipway root/dev || fail "mounting /dev"
  node null 1 3; node zero 1 5; node full 1 7; node random 1 8; node urandom 1 9; node tty 5 0
  mkdir root/dev/pts root/dev/shm
  mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts root/dev/pts 2>/dev/null ||
    mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts root/dev/pts || fail "mounting /dev/pts"
  mount -t tmpfs -o mode=1777 slipway root/dev/shm
  ln -s pts/ptmx root/dev/ptmx
  ln -s /proc/self/fd root/dev/fd
  ln -s fd/0 root/dev/stdin
  ln -s fd/1 root/dev/stdout
  ln -s fd/2 root/dev/stderr
  mount -t tmpfs -o mode=0755 slipway root/run || fail "mounting /run"
  mkdir -m 1777 root/run/lock
  mount -t tmpfs -o mode=1777 slipway root/tmp || fail "mounting /tmp"
  cp -r io/commands root/run/slipway
  hostname "$host" 2>/dev/null || echo "$host" >/proc/sys/kernel/hostname || fail "setting the host name"
  resolver
}

# Names are looked up as the host does it, if there is a network.
resolver() {
  [ "$network" != yes ] || cover etc/resolv.conf /etc/resolv.conf
}

# Goes in front of a command, which gets namespaces of its own once more: the tree becomes the root directory of all it can see, its own process 1 included,
# and /proc shows only its own processes. (-n: in a user namespace mount may not note what it did in /run.) Moving the tree over / hides the host's side even from a change of root.
# shellcheck disable=SC2016 # the inner shell expands this
inner='
fail() { printf "\001broken %s\n" "$*" >&2; exit 4; }
mount --rbind root root && cd root || fail "mounting the tree"
mount -t proc -o nosuid,nodev,noexec proc proc 2>/dev/null || mount --rbind /proc proc || fail "mounting /proc"
mount --bind proc/sys proc/sys && mount -o remount,bind,ro,nosuid,nodev,noexec proc/sys || fail "making /proc/sys read-only"
mount -n --move . / || fail "making the tree the root directory"
exec "$@"'

# Whether a path can be reached without a symbolic link, which might lead out of the tree.
inside() {
  walked=root
  rest=$1/
  while [ -n "$rest" ]; do
    walked=$walked/${rest%%/*}
    rest=${rest#*/}
    [ ! -L "$walked" ] || return 1
  done
}

# Puts a file of the host's side over one of the tree without touching the tree. A file that was not there is taken away again afterwards.
cover() { # path in the tree, file
  inside "$1" && [ -d "root/${1%/*}" ] || return 0
  if [ ! -e "root/$1" ]; then
    : >"root/$1"
    echo "$1" >>io/added
  fi
  mount --bind "$2" "root/$1" || fail "covering /$1"
  echo "$1" >>io/covered
}

stubs() {
  for stub in io/stubs/*; do
    [ -e "$stub" ] || continue
    path=$(cat "io/paths/${stub##*/}")
    # Only a program that is there is covered, but policy-rc.d is there for nobody else.
    if [ -f "root/$path" ] || [ "$path" = usr/sbin/policy-rc.d ]; then
      chmod 755 "$stub"
      cover "$path" "$stub"
    fi
  done
}

uncover() {
  while read -r path; do umount -l "root/$path"; done <io/covered
  while read -r path; do
    if inside "$path"; then rm -f "root/$path"; fi
  done <io/added
  : >io/covered
  : >io/added
}

perform() { # number, whether stubs cover programs
  if [ "$2" != "$covering" ]; then
    uncover
    resolver
    if [ "$2" = yes ]; then stubs; fi
    covering=$2
  fi
  say "command $1"
  status=0
  (enter "$1") </dev/null >&2 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then
    say "failed $1 $status"
    exit 3
  fi
}

# One line for each inode: what cannot stay the same when anything about it changes, then its path.
list() {
  (cd root && find . -xdev -printf '%i %C@ %p\0') | sort -z
}

paths() {
  sed -z 's/^[^ ]* [^ ]* //'
}

untar() {
  tar -C root -xpPf - --numeric-owner --xattrs --xattrs-include='*' --warning=no-timestamp
}

# Makes the tree what the next stage wants.
unpack() {
  IFS= read -r length || fail "the next stage never came"
  head -c "$length" >io/stage
  . io/stage
  say unpack
  if [ "$archive" = 0 ]; then untar; else head -c "$archive" | untar; fi || fail "unpacking the tree"
}

# Leaves nothing of the host's side in the tree.
leave() {
  uncover
  covering=no
  for directory in dev/shm dev/pts dev run tmp; do umount -R -l "root/$directory"; done
}

cd "$base"
export LC_ALL=C
: >io/covered
: >io/added
: >io/touched
covering=no
archive=1
started=
heartbeat &
while [ "$archive" != 0 ]; do
  unpack
  sleep 0.02 # change times are as coarse as the kernel's tick; what follows must be told apart from what was
  list >io/before
  [ -n "$started" ] || started=$(date +%s)
  prepare
  commands
  if [ "$archive" = 0 ]; then
    say collect
    trap '' TERM
    kill -9 -1 || true
    wait
  fi
  leave
  list >io/after
  comm -z -13 io/before io/after | paths >>io/touched
done
paths <io/after >io/listed
sort -z io/listed >io/sorted
sort -z -u io/touched | comm -z -12 - io/sorted >io/changed
printf 'slipway %s %s\n' "$started" "$(($(date +%s) + 1))"
cat io/listed
printf '\0'
tar -C root -c --format=pax --pax-option=delete=atime,delete=ctime --numeric-owner --xattrs --xattrs-include='*' --xattrs-exclude=security.selinux \
  --no-recursion --null --verbatim-files-from -T io/changed -f - 2>io/tar.log || { cat io/tar.log >&2; fail "packing what changed"; }
say done
