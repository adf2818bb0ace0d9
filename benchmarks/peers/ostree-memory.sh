#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Peak memory of commit, pull and fsck with many objects, and whether the real ostree finds the result whole.
# Usage: ostree-memory.sh WORKDIR [FILES, 300000 by default]
# WORKDIR: a tmpfs, or patience. SLIPWAY: the command to run, "./slipway" by default.
# Prints for every run: what, files, seconds on the clock, seconds of CPU, peak memory in MiB.
set -eu
[ $# -ge 1 ] || { echo "usage: $0 WORKDIR [FILES]" >&2; exit 2; }
export LC_ALL=C.UTF-8
slipway=${SLIPWAY:-$(cd "$(dirname "$0")/../.." && pwd)/slipway}
files=${2:-300000}
mkdir -p "$1"
cd "$1"

run() { # what command...
  local what=$1
  shift
  /usr/bin/time -o time -f '%e %U %S %M' "$@" > log 2>&1 || { cat log >&2; exit 1; }
  awk -v what="$what" -v files="$files" \
    '{ printf "%-8s %8d files  %7.2f s  %7.2f s CPU  %5.0f MiB\n", what, files, $1, $2 + $3, $4 / 1024 }' time
}

# a thousand files of a number each in every directory, so that all are different objects
rm -rf tree tree.tar served pulled
mkdir tree
for ((first = 0; first < files; first += 1000)); do
  mkdir "tree/$first"
  seq "$first" $((first + 999)) | split -l 1 -a 3 -d - "tree/$first/"
done
tar --owner=0 --group=0 --sort=name -cf tree.tar -C tree .
rm -rf tree
for repository in served pulled; do
  ostree --repo=$repository init --mode=archive
  ostree --repo=$repository config set core.fsync false
done
run commit "$slipway" ostree --repo=served commit --branch=tree --subject=s --timestamp=@1 --tree=tar=tree.tar
run pull "$slipway" ostree --repo=pulled pull "$PWD/served" tree
run fsck "$slipway" ostree --repo=pulled fsck
ostree --repo=pulled fsck --quiet > /dev/null
rm -rf tree.tar served pulled
