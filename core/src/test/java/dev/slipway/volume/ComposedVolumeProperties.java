// SPDX-License-Identifier: Apache-2.0
package dev.slipway.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.MemoryBlockSink;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

final class ComposedVolumeProperties {

  /** Pieces of all kinds with holes between them, put in any order, against a plain array. */
  @Property(tries = 200)
  void readsAndWritesWhatItsPiecesSay(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    int size = 1 + random.nextInt(20_000);
    byte[] model = new byte[size];
    List<Consumer<ComposedVolume.Builder>> parts = new ArrayList<>();
    long data = 0;
    for (int at = random.nextInt(500); at < size; at += random.nextInt(2) * random.nextInt(900)) {
      byte[] bytes = new byte[Math.min(size - at, random.nextInt(1500))];
      random.nextBytes(bytes);
      System.arraycopy(bytes, 0, model, at, bytes.length);
      int offset = at;
      parts.add(
          switch (random.nextInt(4)) {
            case 0 -> v -> v.bytes(offset, bytes);
            case 1 -> v -> v.source(offset, BlockSource.bytes(bytes));
            case 2 -> v -> v.content(offset, "/f", shifted(bytes), 3, bytes.length);
            default -> v -> v.volume(offset, Volume.of(BlockSource.bytes(bytes)));
          });
      at += bytes.length;
      data += bytes.length;
    }
    Collections.shuffle(parts, random);
    Volume volume = ComposedVolume.build(size, v -> parts.forEach(part -> part.accept(v)));
    assertThat(volume.size()).isEqualTo(size);
    assertThat(volume.dataBytes()).isEqualTo(data);
    var advanced = new AtomicLong();
    MemoryBlockSink sink = BlockSink.inMemory(size);
    volume.writeTo(sink, (name, total) -> advanced::addAndGet);
    assertThat(advanced).hasValue(data);
    assertThat(sink.bytes()).isEqualTo(model);
    try (BlockSource source = volume.open()) {
      for (int i = 0; i < 30; i++) {
        int from = random.nextInt(size);
        int length = random.nextInt(size - from + 1);
        assertThat(source.readFully(from, length))
            .isEqualTo(Arrays.copyOfRange(model, from, from + length));
      }
    }
    for (Extent extent : volume.extents()) {
      assertThat(extent.path()).isEqualTo("/f");
      assertThat(extent.fileOffset()).isEqualTo(3);
    }
  }

  private static Content shifted(byte[] bytes) {
    byte[] more = new byte[bytes.length + 7];
    System.arraycopy(bytes, 0, more, 3, bytes.length);
    return Content.bytes(more);
  }

  @Example
  void nestedVolumesKeepHolesAndExtents() throws IOException {
    Volume inner =
        ComposedVolume.build(1 << 20, v -> v.content(4096, "/etc/x", Content.utf8("hello"), 1, 3));
    Volume outer =
        ComposedVolume.build(2 << 20, v -> v.volume(1 << 20, inner).bytes(0, new byte[] {1}));
    assertThat(outer.dataBytes()).isEqualTo(4);
    Digest digest = Content.utf8("hello").digest();
    assertThat(outer.extents())
        .containsExactly(new Extent((1 << 20) + 4096, 3, "/etc/x", 1, digest));
    try (BlockSource source = outer.open()) {
      assertThat(source.readFully((1 << 20) + 4095, 5)).containsExactly(0, 'e', 'l', 'l', 0);
    }
  }

  @Example
  void refusesOverlapsAndWhatLeavesTheVolume() {
    assertThatThrownBy(
            () -> ComposedVolume.build(10, v -> v.bytes(0, new byte[4]).bytes(3, new byte[1])))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("bug: 1 bytes at byte 3 overlap");
    assertThatThrownBy(() -> ComposedVolume.build(10, v -> v.bytes(8, new byte[3])))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> ComposedVolume.build(10, v -> v.bytes(-1, new byte[3])))
        .isInstanceOf(IllegalStateException.class);
  }

  @Example
  void aSourceThatEndsEarlyIsAnErrorEachTime() throws IOException {
    Content lies = Content.of(10, Digest.of(), () -> InputStream.nullInputStream());
    Volume volume = ComposedVolume.build(10, v -> v.content(0, "/f", lies, 0, 10));
    assertThatThrownBy(() -> volume.writeTo(BlockSink.inMemory(10), Progress.none()))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("/f ended after 0 bytes, expected 10");
    try (BlockSource source = volume.open()) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> source.read(0, ByteBuffer.allocate(4)))
            .isInstanceOf(EOFException.class);
      }
    }
  }

  @Example
  void aFailedReadDoesNotSpoilTheNext() throws IOException {
    byte[] bytes = {1, 2, 3, 4, 5, 6, 7, 8};
    var opened = new AtomicInteger();
    Content flaky =
        Content.of(
            8,
            Digest.of(bytes),
            () -> {
              int limit = opened.getAndIncrement() == 0 ? 5 : 8;
              return new java.io.ByteArrayInputStream(bytes, 0, limit);
            });
    try (BlockSource source =
        ComposedVolume.build(8, v -> v.content(0, "/f", flaky, 0, 8)).open()) {
      assertThat(source.readFully(0, 2)).containsExactly(1, 2);
      assertThatThrownBy(() -> source.readFully(2, 6)).isInstanceOf(EOFException.class);
      assertThat(source.readFully(2, 6)).containsExactly(3, 4, 5, 6, 7, 8);
    }
  }
}
