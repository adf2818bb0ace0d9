// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Takes bytes that should be equal to those of a member, and stops at the first that are not. */
final class ComparingOutput extends OutputStream {
  /** Thrown at a difference. */
  static final class Different extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private final BlockSource file;
  private final byte[] buffer = new byte[1 << 13];
  private long at;
  private final long end;

  ComparingOutput(BlockSource file, Member member) {
    this.file = file;
    at = member.offset();
    end = member.end();
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > end - at) {
      throw new Different();
    }
    int done = 0;
    while (done < length) {
      int step = Math.min(length - done, buffer.length);
      file.readFully(at, ByteBuffer.wrap(buffer, 0, step));
      int from = offset + done;
      if (!Arrays.equals(buffer, 0, step, bytes, from, from + step)) {
        throw new Different();
      }
      at += step;
      done += step;
    }
  }

  /** Whether all bytes were given, and were equal. */
  boolean complete() {
    return at == end;
  }
}
