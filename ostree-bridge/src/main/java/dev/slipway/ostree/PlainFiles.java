// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;

/** What the bare forms share: uncompressed files. */
final class PlainFiles {
  /** Of objects that are not what they describe, whatever the umask. */
  static final int OBJECT_MODE = 0644;

  private static final int CHUNK_BYTES = 1 << 16;

  private PlainFiles() {}

  static void write(Path target, long sizeBytes, InputStream content) throws IOException {
    try (OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
      byte[] chunk = new byte[CHUNK_BYTES];
      long written = 0;
      for (int count = content.read(chunk); count >= 0; count = content.read(chunk)) {
        out.write(chunk, 0, count);
        written += count;
      }
      if (written != sizeBytes) {
        throw new IOException("the content has " + written + " bytes, expected " + sizeBytes);
      }
    }
  }

  /** The epoch, which says that a file belongs to a repository and is not to be written to. */
  static void setTime(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
  }

  /** Permission bits, setuid and all. */
  static void setMode(Path file, int mode) throws IOException {
    Files.setAttribute(file, "unix:mode", mode);
  }

  static int mode(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
  }

  static long number(Path file, String attribute) throws IOException {
    return ((Integer) Files.getAttribute(file, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS))
        & 0xffff_ffffL;
  }
}
