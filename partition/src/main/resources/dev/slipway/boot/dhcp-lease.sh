#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Called by busybox's udhcpc when an address is given or taken away: variables say which.

export PATH=/bin
case $1 in
  deconfig) ip addr flush dev "$interface" ;;
  bound | renew)
    ip addr flush dev "$interface"
    ip addr add "$ip/${mask:-24}" dev "$interface"
    for gateway in $router; do
      ip route add default via "$gateway" dev "$interface" && break
    done
    for server in $dns; do
      echo "nameserver $server"
    done >/etc/resolv.conf
    ;;
esac
