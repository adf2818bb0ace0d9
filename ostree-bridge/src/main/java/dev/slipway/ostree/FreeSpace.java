// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The room that must stay free where a repository lies: {@code core.min-free-space-size}, or else
 * {@code core.min-free-space-percent} of the file system, 3 by default, as ostree has it. No object
 * says before it is read how large it may be, so this is what keeps a server from filling the disk.
 *
 * @param keptBytes 0 when a percentage counts
 */
record FreeSpace(Path directory, long keptBytes, int keptPercent) {
  private static final int PERCENT_DEFAULT = 3;
  private static final Pattern SIZE = Pattern.compile("(\\d{1,6})(MB|GB|TB)");
  private static final Pattern PERCENT = Pattern.compile("\\d{1,2}");

  static FreeSpace of(Path directory, KeyFile config) throws FormatException {
    Optional<String> size = config.get("core", "min-free-space-size");
    if (size.isPresent()) {
      Matcher matcher = SIZE.matcher(size.get());
      if (!matcher.matches()) {
        throw wrong("size", size.get(), "a number and MB, GB or TB");
      }
      int shift =
          switch (matcher.group(2)) {
            case "MB" -> 20;
            case "GB" -> 30;
            default -> 40;
          };
      long bytes = Long.parseLong(matcher.group(1)) << shift;
      if (bytes > 0) {
        return new FreeSpace(directory, bytes, 0);
      }
    }
    Optional<String> percent = config.get("core", "min-free-space-percent");
    if (percent.isPresent() && !PERCENT.matcher(percent.get()).matches()) {
      throw wrong("percent", percent.get(), "0 to 99");
    }
    return new FreeSpace(directory, 0, percent.map(Integer::parseInt).orElse(PERCENT_DEFAULT));
  }

  private static FormatException wrong(String key, String found, String expected) {
    return new FormatException(
        "core.min-free-space-" + key + ": found \"" + found + "\", expected " + expected);
  }

  /** Refuses to write what would not leave enough free. */
  void require(long bytes) throws IOException {
    long all = directory.toFile().getTotalSpace();
    if (all == 0) {
      return; // a file system that does not say
    }
    long kept = keptPercent > 0 ? all / 100 * keptPercent : keptBytes;
    long free = directory.toFile().getUsableSpace();
    if (bytes > free - kept) {
      throw new IOException(
          directory
              + ": no room for "
              + bytes
              + " bytes: "
              + free
              + " are free, of which core.min-free-space-"
              + (keptPercent > 0 ? "percent" : "size")
              + " keeps "
              + kept);
    }
  }
}
