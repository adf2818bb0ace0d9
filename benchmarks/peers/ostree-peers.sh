#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Commits and checks out one tree with ostree and with slipway, in turn, without fsync on either side.
# Usage: ostree-peers.sh TREE.tar WORKDIR
# SLIPWAY: the command to run, "./slipway" by default.
# With benchmarks/target/benchmarks.jar (mvn -q package -DskipTests), or a class path in BENCHMARKS, the second commit also from a
# tree whose contents are known by digest: without the start of a JVM, and what JVM and tree take together is its memory.
# Prints for every run: what, who, seconds on the clock, seconds of CPU, peak memory in MiB.
set -eu
[ $# -eq 2 ] || { echo "usage: $0 TREE.tar WORKDIR" >&2; exit 2; }
export LC_ALL=C.UTF-8
home=$(cd "$(dirname "$0")/../.." && pwd)
slipway=${SLIPWAY:-$home/slipway}
benchmarks=${BENCHMARKS:-$home/benchmarks/target/benchmarks.jar}
tar=$(realpath "$1")
mkdir -p "$2"
cd "$2"

run() { # what who command...
  local what=$1 who=$2
  shift 2
  /usr/bin/time -o time -f '%e %U %S %M' "$@" > log 2>&1 || { cat log >&2; exit 1; }
  awk -v what="$what" -v who="$who" \
    '{ printf "%-22s %-8s %7.2f s  %7.2f s CPU  %5.0f MiB\n", what, who, $1, $2 + $3, $4 / 1024 }' time
}

repository() { # name
  rm -rf "$1"
  ostree --repo="$1" init --mode=archive
  ostree --repo="$1" config set core.fsync false
}

# ostree takes no devices and no file with holes from tar files, and wants a directory before what is in it.
rm -rf tree first.tar second.tar
mkdir tree
tar --xattrs --xattrs-include='*' --numeric-owner -xpf "$tar" -C tree
find tree \( -type c -o -type b -o -type p -o -type s \) -delete
tar --xattrs --numeric-owner --sort=name -cf first.tar -C tree .
date > tree/etc/slipway-changed
tar --xattrs --numeric-owner --sort=name -cf second.tar -C tree .

repository theirs
repository ours
commit=(commit --branch=tree --subject=s --timestamp=@1)
run 'commit' ostree ostree --repo=theirs "${commit[@]}" --tree=tar=first.tar
run 'commit' slipway "$slipway" ostree --repo=ours "${commit[@]}" --tree=tar=first.tar
[ "$(cat theirs/refs/heads/tree)" = "$(cat ours/refs/heads/tree)" ] || { echo 'different commits' >&2; exit 1; }
run 'commit, one changed' ostree ostree --repo=theirs "${commit[@]}" --tree=tar=second.tar
run 'commit, one changed' slipway "$slipway" ostree --repo=ours "${commit[@]}" --tree=tar=second.tar
[ "$(cat theirs/refs/heads/tree)" = "$(cat ours/refs/heads/tree)" ] || { echo 'different commits' >&2; exit 1; }
if [ -n "${BENCHMARKS:-}" ] || [ -e "$benchmarks" ]; then
  repository known
  /usr/bin/time -o time -f '%M' java -Xmx256m -cp "$benchmarks" dev.slipway.benchmarks.OstreeSecondCommit \
    first.tar known /etc/slipway-changed tree/etc/slipway-changed > log
  read -r wall cpu checksum < log
  [ "$(cat theirs/refs/heads/tree)" = "$checksum" ] || { echo 'different commits' >&2; exit 1; }
  awk -v wall="$wall" -v cpu="$cpu" '{ printf "%-22s %-8s %7.2f s  %7.2f s CPU  %5.0f MiB\n",
    "commit, one changed", "tree", wall, cpu, $1 / 1024 }' time
  rm -rf known
fi
rm -rf tree
run 'checkout' ostree ostree --repo=theirs checkout tree tree-theirs
rm -rf tree-theirs
run 'checkout' slipway "$slipway" ostree --repo=theirs checkout tree tree-ours
rm -rf tree-ours
run 'fsck' ostree ostree --repo=theirs fsck --quiet
run 'fsck' slipway "$slipway" ostree --repo=theirs fsck
repository pulled
run 'pull, directory' ostree ostree --repo=pulled pull-local "$PWD/theirs" tree
repository pulled
run 'pull, directory' slipway "$slipway" ostree --repo=pulled pull "$PWD/theirs" tree
rm -rf theirs ours pulled first.tar second.tar
