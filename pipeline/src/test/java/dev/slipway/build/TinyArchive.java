// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.codec.Codec;
import dev.slipway.testing.TestDeb;
import dev.slipway.testing.TestMirror;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * An archive of as few packages as an image can be built of. They are made by the test; only the
 * boot loaders and busybox in them are this machine's own.
 */
final class TinyArchive implements AutoCloseable {
  private static final Path GRUB = Path.of("/usr/lib/grub/i386-pc");
  private static final String SIGNED_GRUB = "/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed";
  private static final String SHIM = "/usr/lib/shim/shimx64.efi.signed";
  private static final String BUSYBOX = "/bin/busybox";
  private static final Instant DATE = Instant.parse("2026-11-01T00:00:00Z");

  final TestMirror mirror;

  /** Starts one; skips the test where this machine has not what the packages are made of. */
  static TinyArchive start(Path directory) throws IOException {
    assumeTrue(
        Files.exists(GRUB.resolve("boot.img"))
            && Files.exists(Path.of(SIGNED_GRUB))
            && Files.exists(Path.of(SHIM))
            && Files.exists(Path.of(BUSYBOX)),
        "needs grub-pc-bin, grub-efi-amd64-signed, shim-signed and busybox-static");
    return new TinyArchive(directory);
  }

  private TinyArchive(Path directory) throws IOException {
    mirror = TestMirror.start(Files.createDirectories(directory));
    TestMirror.Suite suite = mirror.suite("bookworm").dated(DATE);
    suite.add(
        deb("base-files", "12")
            .field("Essential", "yes")
            .field("Priority", "required")
            .file("/etc/passwd", 0644, "root:x:0:0:root:/root:/bin/sh\n")
            .file("/etc/group", 0644, "root:x:0:\n")
            .file("/usr/lib/os-release", 0644, "ID=debian\n")
            .directory("/var/lib/misc", 0755)
            .directory("/root", 0700));
    suite.add(deb("apt", "2").field("Priority", "required").directory("/var/lib/apt", 0755));
    suite.add(
        deb("linux-image-tiny", "1.0")
            .file("/boot/vmlinuz-1.0", 0644, "kernel")
            .file(
                "/usr/lib/modules/1.0/modules.builtin",
                0644,
                "kernel/fs/ext4/ext4.ko\nkernel/fs/overlayfs/overlay.ko\nkernel/fs/fat/vfat.ko\n"));
    suite.add(application("1"));
    suite.add(grub());
    suite.add(deb("grub-efi-amd64-signed", "1").file(SIGNED_GRUB, 0644, bytes(SIGNED_GRUB)));
    suite.add(deb("shim-signed", "1").file(SHIM, 0644, bytes(SHIM)));
    suite.add(deb("busybox-static", "1").file("/usr/bin/busybox", 0755, bytes(BUSYBOX)));
    // One static program under four names: what they would do matters to no test that boots
    // nothing.
    suite.add(
        deb("e2fsprogs", "1")
            .file("/usr/sbin/e2fsck", 0755, bytes(BUSYBOX))
            .file("/usr/sbin/mke2fs", 0755, bytes(BUSYBOX))
            .file("/usr/sbin/resize2fs", 0755, bytes(BUSYBOX)));
    suite.add(deb("openssl", "1").file("/usr/bin/openssl", 0755, bytes(BUSYBOX)));
    suite.add(deb("dmsetup", "1").file("/usr/sbin/dmsetup", 0755, bytes(BUSYBOX)));
    suite.add(deb("fdisk", "1").file("/usr/sbin/sfdisk", 0755, bytes(BUSYBOX)));
    mirror.publish();
  }

  static TestDeb application(String version) {
    return deb("application", version)
        .file("/usr/bin/application", 0755, "#!/bin/sh\necho " + version + "\n");
  }

  /** Uncompressed: the tests look at builds, and compressing would take most of their time. */
  private static TestDeb deb(String name, String version) {
    return TestDeb.of(name, version).compressed(Codec.NONE);
  }

  /** Keys of a specification that lead here. */
  String sources() {
    return "sources: [{uris: '"
        + mirror.base()
        + "', suites: [bookworm], keyring: '"
        + mirror.keyring()
        + "'}]\n";
  }

  /** Replaces the application by another version. */
  void release(String version) throws IOException {
    mirror.suite("bookworm").remove("application").add(application(version));
    mirror.publish();
  }

  private static TestDeb grub() throws IOException {
    TestDeb deb = deb("grub-pc-bin", "1");
    try (var files = Files.list(GRUB)) {
      files
          .sorted()
          .filter(file -> file.toString().matches(".*\\.(img|mod|lst)"))
          .forEach(
              file ->
                  deb.file(
                      "/usr/lib/grub/i386-pc/" + file.getFileName(), 0644, bytes(file.toString())));
    }
    return deb;
  }

  private static byte[] bytes(String path) {
    try {
      return Files.readAllBytes(Path.of(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    mirror.close();
  }
}
