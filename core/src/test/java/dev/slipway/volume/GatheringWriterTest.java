// SPDX-License-Identifier: Apache-2.0
package dev.slipway.volume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSink;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GatheringWriterTest {
  @Test
  void neighboursBecomeOneWriteAndHolesStayHoles() throws IOException {
    Volume volume =
        ComposedVolume.build(
            1 << 23,
            v ->
                v.bytes(0, new byte[100])
                    .bytes(4096, new byte[4096])
                    .bytes(8192, new byte[1])
                    .bytes(8193 + 4096, new byte[5])
                    .bytes(1 << 20, new byte[(1 << 20) + 7]));
    assertThat(writes(volume))
        .containsExactly("0 + 8193", "12289 + 5", "1048576 + 1048576", "2097152 + 7");
  }

  @Test
  void asksNobodyForADigestWhileItWrites() throws IOException {
    Content secret =
        Content.undigested(
            5,
            List.of(new Content.Range(0, 5)),
            new dev.slipway.io.ByteSource() {
              private int opened;

              @Override
              public java.io.InputStream open() throws IOException {
                if (opened++ > 0) {
                  throw new IOException("read twice");
                }
                return new java.io.ByteArrayInputStream(new byte[5]);
              }
            });
    Volume volume = ComposedVolume.build(5, v -> v.content(0, "/f", secret, 0, 5));
    assertThat(writes(volume)).containsExactly("0 + 5");
  }

  private static List<String> writes(Volume volume) throws IOException {
    var writes = new ArrayList<String>();
    volume.writeTo(
        new BlockSink() {
          @Override
          public void write(long position, ByteBuffer bytes) {
            writes.add(position + " + " + bytes.remaining());
            bytes.position(bytes.limit());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        },
        Progress.none());
    return writes;
  }
}
