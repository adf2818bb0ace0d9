// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Where fetched bytes go. A transfer writes a draft, and commits it only after size and digest were
 * found right; when it has to start over, it drops the draft and begins another.
 *
 * @param <T> what the bytes become
 */
@FunctionalInterface
public interface Sink<T> {
  /** Begins an empty draft. */
  Draft<T> begin() throws IOException;

  /** Bytes on their way. Closing without {@link #commit} leaves nothing behind. */
  abstract class Draft<T> extends OutputStream {
    /** Keeps the bytes. Called at most once, before {@link #close}. */
    public abstract T commit() throws IOException;
  }

  /** Keeps the bytes in memory: for small things. */
  static Sink<byte[]> memory() {
    return () ->
        new Draft<>() {
          private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

          @Override
          public void write(int b) {
            bytes.write(b);
          }

          @Override
          public void write(byte[] source, int offset, int length) {
            bytes.write(source, offset, length);
          }

          @Override
          public byte[] commit() {
            return bytes.toByteArray();
          }
        };
  }
}
