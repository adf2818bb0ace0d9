// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import dev.slipway.io.FormatException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One system a boot loader can start: a file below {@code /boot/loader/entries}, as the Boot Loader
 * Specification has it.
 *
 * <pre>
 * title Debian GNU/Linux 12 (bookworm) 2026.11 (ostree:0)
 * version 2
 * options root=PARTUUID=... ostree=/ostree/boot.1/debian/.../0
 * linux /ostree/debian-.../vmlinuz-6.1.0-50-amd64
 * initrd /ostree/debian-.../initramfs-6.1.0-50-amd64.img
 * </pre>
 *
 * @param version the highest is started first
 * @param linux the kernel, from the root of the file system that is mounted at {@code /boot}
 * @param initrd the initramfs, likewise
 * @see <a href="https://uapi-group.org/specifications/specs/boot_loader_specification/">Boot Loader
 *     Specification, type #1</a>
 */
public record LoaderEntry(
    String title, long version, KernelCommandLine options, String linux, String initrd) {
  /** From what is started first to what is started last. */
  public static final Comparator<LoaderEntry> NEWEST_FIRST =
      Comparator.comparingLong(LoaderEntry::version).reversed();

  private static final List<String> KEYS =
      List.of("title", "version", "options", "linux", "initrd");

  public LoaderEntry {
    requireLine("title", title);
    requirePath("linux", linux);
    requirePath("initrd", initrd);
    if (version < 0) {
      throw new IllegalArgumentException("version: found " + version + ", expected 0 or more");
    }
  }

  private static void requireLine(String key, String text) {
    if (text.isBlank() || text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new IllegalArgumentException(key + ": expected a line of text: \"" + text + "\"");
    }
  }

  private static void requirePath(String key, String path) {
    if (!path.matches("(/[A-Za-z0-9_.+:~@-]+)+")) {
      throw new IllegalArgumentException(
          key + ": expected an absolute path of plain names: \"" + path + "\"");
    }
  }

  /** The file's text, its keys in the order ostree writes them. */
  public String text() {
    return "title "
        + title
        + "\nversion "
        + version
        + "\noptions "
        + options
        + "\nlinux "
        + linux
        + "\ninitrd "
        + initrd
        + "\n";
  }

  /**
   * Reads an entry. Keys it does not know are passed over, as the specification asks for.
   *
   * @param source the file's name in error messages
   */
  public static LoaderEntry read(String source, String text) throws FormatException {
    var found = new LinkedHashMap<String, String>();
    int number = 0;
    for (String line : text.split("\n")) {
      number++;
      String[] words = line.strip().split("[ \t]+", 2);
      if (line.isBlank() || words[0].startsWith("#") || !KEYS.contains(words[0])) {
        continue;
      }
      if (words.length < 2 || found.put(words[0], words[1]) != null) {
        throw new FormatException(
            source
                + ": line "
                + number
                + ": "
                + words[0]
                + (words.length < 2 ? " has no value" : " stands there twice"));
      }
    }
    try {
      return new LoaderEntry(
          value(found, "title"),
          Long.parseLong(value(found, "version")),
          KernelCommandLine.parse(found.getOrDefault("options", "")),
          value(found, "linux"),
          value(found, "initrd"));
    } catch (IllegalArgumentException e) {
      throw new FormatException(source + ": " + e.getMessage(), e);
    }
  }

  private static String value(Map<String, String> found, String key) {
    String value = found.get(key);
    if (value == null) {
      throw new IllegalArgumentException(key + " is missing");
    }
    return value;
  }
}
