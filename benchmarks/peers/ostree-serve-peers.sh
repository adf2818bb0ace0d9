#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# How long small files take from `slipway ostree serve` and from Python's server, one after the other on one connection, and a pull of
# everything by the real ostree from both.
# Usage: ostree-serve-peers.sh TREE.tar WORKDIR
# SLIPWAY: the command to run, "./slipway" by default.
set -eu
[ $# -eq 2 ] || { echo "usage: $0 TREE.tar WORKDIR" >&2; exit 2; }
export LC_ALL=C.UTF-8
slipway=${SLIPWAY:-$(cd "$(dirname "$0")/../.." && pwd)/slipway}
tar=$(realpath "$1")
mkdir -p "$2"
cd "$2"
requests=500

servers=()
stop() { [ ${#servers[@]} -eq 0 ] || kill "${servers[@]}" 2> stop.log || true; }
trap stop EXIT

[ -e served ] || {
  ostree --repo=served init --mode=archive
  ostree --repo=served config set core.fsync false
  mkdir tree
  tar --numeric-owner -xpf "$tar" -C tree --exclude='*/dev/*'
  ostree --repo=served commit --branch=tree --subject=s --timestamp=@1 --tree=dir=tree > commit.log
  rm -rf tree
}
find served/objects -type f -size -2 -printf '%P\n' | sort | head -n "$requests" > names

"$slipway" ostree --repo=served serve --port=0 > slipway.out &
servers+=($!)
python3 -m http.server --bind 127.0.0.1 --protocol HTTP/1.1 --directory served 8181 > python.log 2>&1 &
servers+=($!)
until grep -q 'http://' slipway.out; do sleep 0.1; done
until curl -sf -o config http://127.0.0.1:8181/config; do sleep 0.1; done
ours=$(sed -n 's#.*\(http://[^ ]*[0-9]\)/$#\1#p' slipway.out)

small() { # who url
  sed "s#.*#url = \"$2/objects/&\"\noutput = got#" names > requests
  curl -sf -K requests -w '%{time_total} %{num_connects}\n' | sort -n > seconds
  awk -v who="$1" '{ t[NR] = $1 * 1000; c += $2; sum += $1 }
    END { printf "%-22s %-8s median %6.2f ms, 99 of 100 below %6.2f ms, %4.2f s for %d on %d connection(s)\n",
      "small files", who, t[int((NR + 1) / 2)], t[int(NR * 0.99)], sum, NR, c }' seconds
}

pull() { # who url
  rm -rf pulled
  ostree --repo=pulled init --mode=archive
  ostree --repo=pulled config set core.fsync false
  ostree --repo=pulled remote add --no-gpg-verify origin "$2"
  /usr/bin/time -o time -f '%e %U %S' ostree --repo=pulled pull origin tree > pull.log 2>&1 || { cat pull.log >&2; exit 1; }
  awk -v who="$1" '{ printf "%-22s %-8s %7.2f s, the client %7.2f s CPU\n", "ostree pull", who, $1, $2 + $3 }' time
}

for _ in 1 2 3; do
  small python http://127.0.0.1:8181
  small slipway "$ours"
done
for _ in 1 2 3; do
  pull python http://127.0.0.1:8181
  pull slipway "$ours"
done
rm -rf pulled got names requests seconds
