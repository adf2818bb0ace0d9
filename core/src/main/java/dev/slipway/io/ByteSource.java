// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Bytes that can be read again and again: every {@link #open} starts afresh at the first byte.
 *
 * <p>Whoever opens a stream closes it. Two streams of one source give the same bytes.
 */
@FunctionalInterface
public interface ByteSource {

  /** Opens a new stream at the first byte. The stream need not be buffered. */
  InputStream open() throws IOException;

  /** Reads everything into memory: for small sources only. */
  default byte[] readAll() throws IOException {
    try (InputStream in = open()) {
      return in.readAllBytes();
    }
  }

  /** A source over a copy of the given bytes. */
  static ByteSource bytes(byte... content) {
    byte[] own = content.clone();
    return () -> new ByteArrayInputStream(own);
  }

  /** A source over the UTF-8 form of a text. */
  static ByteSource utf8(String text) {
    byte[] own = text.getBytes(StandardCharsets.UTF_8);
    return () -> new ByteArrayInputStream(own);
  }

  /** A source over a file, which is opened anew each time. */
  static ByteSource file(Path path) {
    return () -> Files.newInputStream(path);
  }
}
