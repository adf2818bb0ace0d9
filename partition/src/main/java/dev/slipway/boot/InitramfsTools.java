// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Debian's own initramfs, made by {@code mkinitramfs} in the image's tree, with scripts of ours
 * that mount what stays over a slot. For machines that need what only Debian's has: encrypted
 * disks, RAID, LVM, or hooks of their own.
 *
 * <p>Against {@link Initramfs} it lacks the watchdog, and where two disks are clones of each other
 * it takes the first.
 *
 * <pre>{@code
 * Tree ready = tree.overlaidWith(InitramfsTools.scripts(InitramfsOptions.DEFAULT));
 * String command = InitramfsTools.command("6.1.0-50-amd64", "/boot/initrd");
 * }</pre>
 */
public final class InitramfsTools {
  /** Packages the image needs for it. */
  public static final List<String> PACKAGES =
      List.of("initramfs-tools", "busybox", "e2fsprogs", "fdisk");

  private static final String HOME = "/usr/share/initramfs-tools/";

  private InitramfsTools() {}

  /** The files that go into the image beside those of the packages. */
  public static Tree scripts(InitramfsOptions options) throws IOException {
    var files = Tree.empty().toBuilder();
    files.file(HOME + "conf.d/slipway", 0644, resource("conf"));
    files.file(HOME + "hooks/slipway", 0755, resource("hook"));
    files.file(HOME + "scripts/slipway", 0644, resource("functions"));
    files.file(HOME + "scripts/local-premount/slipway", 0755, resource("premount"));
    files.file(HOME + "scripts/local-bottom/slipway", 0755, resource("bottom"));
    files.file(
        HOME + "scripts/slipway-settings",
        0644,
        Content.utf8(
            "binds='"
                + String.join(" ", options.binds())
                + "'\noverlays='"
                + String.join(" ", options.overlays())
                + "'\n"));
    return files.build();
  }

  /**
   * The shell command that makes it, to be run in the image's tree. {@code SOURCE_DATE_EPOCH} makes
   * it the same every time.
   */
  public static String command(String kernelVersion, String output) {
    return "TMPDIR=/tmp mkinitramfs -o '" + output + "' '" + kernelVersion + "'\n";
  }

  private static Content resource(String name) throws IOException {
    try (InputStream in = InitramfsTools.class.getResourceAsStream("initramfs-tools/" + name)) {
      if (in == null) {
        throw new IllegalStateException(
            "bug: initramfs-tools/" + name + " is not beside the class");
      }
      return Content.bytes(in.readAllBytes());
    }
  }
}
