// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

/** Specifications that several tests read. */
final class SpecSamples {
  /** Uses every key there is, so that the reader asks for all of them. */
  static final String EVERYTHING =
      """
      name: robot
      version: "1.0"
      distribution: debian
      suite: bookworm
      architecture: amd64
      packages:
        - systemd-sysv
        - openssh-server=1:9.2p1-2
      recommends: true
      sources:
        - uris: [file:/srv/archive]
          suites: [bookworm, bookworm-updates]
          components: [main]
          keyring: keys.gpg
          priority: 600
      apt:
        - uris: https://archive.example/debian
          components: [main, contrib]
          keyring: /usr/share/keyrings/debian-archive-keyring.gpg
      files:
        - {path: /opt/app/main.sh, source: app/main.sh, mode: "0750", owner: "root:operator"}
        - path: /etc/motd
          content: |
            hello
      directories:
        - {path: /opt/data, mode: "1777", owner: "1000:1000"}
      symlinks:
        /opt/latest: app
      run: echo hello
      preseed: |
        a a/b string c
        d d/e boolean true
      hostname: robot-${serial}
      locale: de_DE.UTF-8
      timezone: Europe/Berlin
      keyboard: de
      network: none
      watchdog: 30
      health: {checks: true, network: "update.example:443", check-seconds: 30, may-fail: [cups.service]}
      root:
        password: $6$salt$hash
        ssh-keys: ssh-ed25519 AAAA root@example
      users:
        - name: operator
          uid: 1500
          groups: [sudo, dialout]
          shell: /bin/sh
          comment: Some Body
          password: $6$salt$hash
          ssh-keys: [ssh-ed25519 AAAA operator@example]
      units:
        enable: [robot.service]
        disable: [cron.service]
        mask: [apt-daily.timer]
      layout: recovery
      recovery: {keyring: keys.gpg, sources: [disk, "http://update.example/robot.raucb"], unattended: true}
      sizes: {slot: 1 GiB, data: 64 MiB, esp: 40 MiB}
      kernel:
        command-line: quiet
      boot:
        menu-seconds: 3
      initramfs: initramfs-tools
      time: 2026-01-01
      sandbox:
        network: true
      """;

  private SpecSamples() {}
}
