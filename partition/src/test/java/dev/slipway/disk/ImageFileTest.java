// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.ByteSource;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.volume.ComposedVolume;
import dev.slipway.volume.Extent;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFileTest {
  @TempDir Path directory;

  @Test
  void digestsAreThoseOfTheFileAndItsPartitions() throws Exception {
    DiskImage image = SampleDisks.of(DiskLayout.AB, 512).build();
    Path path = directory.resolve("disk.img");
    WrittenImage written = ImageFile.of(image).digestingWhole().write(path, Progress.none());
    assertThat(written.sizeBytes()).isEqualTo(image.size()).isEqualTo(Files.size(path));
    assertThat(written.wholeFile()).contains(Digest.of(ByteSource.file(path)));
    assertThat(written.parts().stream().map(part -> part.region().name()))
        .containsExactly("", "bios", "esp", "root-a", "data", "");
    var rest = new byte[(int) image.size()];
    try (BlockSource source = BlockSource.file(path)) {
      source.readFully(0, ByteBuffer.wrap(rest));
      for (WrittenImage.Part part : written.parts()) {
        long offset = part.region().offset();
        long length = part.region().length();
        assertThat(part.digest()).isEqualTo(Digest.of(source.stream(offset, length)));
        Arrays.fill(rest, (int) offset, (int) (offset + length), (byte) 0);
      }
    }
    assertThat(Arrays.equals(rest, new byte[rest.length])).isTrue();
    DiskPartition slot = image.partition("root-a").orElseThrow();
    assertThat(written.part("root-a").orElseThrow().region())
        .isEqualTo(new Region("root-a", slot.offsetBytes(), slot.sizeBytes()));
  }

  @Test
  void holesStayHoles() throws Exception {
    Volume volume =
        ComposedVolume.build(Size.mib(256).bytes(), v -> v.bytes(1 << 20, new byte[] {1}));
    Path path = directory.resolve("sparse.img");
    ImageFile.of(volume).durably().write(path, Progress.none());
    long blocks = Long.parseLong(Tool.output("stat", "-c", "%b", path.toString()).strip());
    assertThat(blocks * 512).isLessThan(1 << 16);
  }

  @Test
  @RequiresTool(value = "sha256sum", in = "coreutils")
  void sha256sumSaysTheSame() throws Exception {
    Path path = directory.resolve("disk.img");
    WrittenImage written =
        ImageFile.of(SampleDisks.of(DiskLayout.SINGLE, 4096).build())
            .digestingWhole()
            .write(path, Progress.none());
    assertThat(Tool.output("sha256sum", path.toString()))
        .startsWith(written.wholeFile().orElseThrow().hex());
  }

  @Test
  void digestsAVolumeThatIsWrittenBackwards() throws Exception {
    byte[] data = SampleDisks.pattern(300_000);
    Volume backwards = new Backwards(data);
    WrittenImage written =
        ImageFile.of(backwards)
            .digesting(new Region("middle", 1000, 250_000))
            .digestingWhole()
            .write(directory.resolve("x.img"), Progress.none());
    assertThat(written.wholeFile()).contains(Digest.of(data));
    assertThat(written.part("middle").orElseThrow().digest())
        .isEqualTo(Digest.of(Arrays.copyOfRange(data, 1000, 251_000)));
  }

  @Test
  void digestsRegionsThatTouchAreEmptyOrReachTheEnd() throws Exception {
    byte[] data = SampleDisks.pattern(10_000);
    Volume volume = ComposedVolume.build(20_000, v -> v.bytes(5000, data));
    byte[] all = new byte[20_000];
    System.arraycopy(data, 0, all, 5000, data.length);
    List<Region> regions =
        List.of(
            new Region("zeros", 0, 4000),
            new Region("edge", 4000, 2000),
            new Region("empty", 6000, 0),
            new Region("next", 6000, 9000),
            new Region("end", 15_000, 5000),
            new Region("empty end", 20_000, 0));
    WrittenImage written =
        new ImageFile(volume, regions, false, false).write(directory.resolve("r"), Progress.none());
    for (Region region : regions) {
      assertThat(written.part(region.name()).orElseThrow().digest())
          .as(region.name())
          .isEqualTo(Digest.of(Arrays.copyOfRange(all, (int) region.offset(), (int) region.end())));
    }
  }

  @Test
  void progressReachesTheTotalOfThePlan() throws Exception {
    DiskImage image = SampleDisks.of(DiskLayout.AB, 512).build();
    var total = new AtomicLong();
    var done = new AtomicLong();
    Progress progress =
        (name, bytes) -> {
          total.set(bytes);
          return (Task) done::addAndGet;
        };
    ImageFile.of(image).write(directory.resolve("disk.img"), progress);
    assertThat(done.get()).isEqualTo(total.get()).isEqualTo(image.dataBytes());
  }

  @Test
  void aFailingSourceLeavesTheOldImageAndNothingElse() throws Exception {
    Path path = directory.resolve("disk.img");
    Files.writeString(path, "the good one");
    Volume broken = new Failing();
    assertThatThrownBy(() -> ImageFile.of(broken).write(path, Progress.none()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("source broke");
    assertThat(names()).containsExactly("disk.img");
    assertThat(Files.readString(path)).isEqualTo("the good one");
  }

  @Test
  void anInterruptLeavesTheOldImageAndNothingElse() throws Exception {
    Path path = directory.resolve("disk.img");
    Files.writeString(path, "the good one");
    var failure = new AtomicReference<Throwable>();
    Volume volume = ComposedVolume.build(9_000_000, v -> v.bytes(0, new byte[9_000_000]));
    Progress interrupting =
        (name, bytes) -> count -> Thread.currentThread().interrupt(); // as Ctrl-C's hook does
    Thread writer =
        new Thread(
            () -> {
              try {
                ImageFile.of(volume).write(path, interrupting);
              } catch (IOException | RuntimeException e) {
                failure.set(e);
              }
            });
    writer.start();
    writer.join();
    assertThat(failure.get()).isInstanceOf(IOException.class);
    assertThat(names()).containsExactly("disk.img");
    assertThat(Files.readString(path)).isEqualTo("the good one");
  }

  @Test
  @RequiresTool(value = "mount", in = "mount")
  void aFullDiskLeavesTheOldImageAndNothingElse() throws Exception {
    Path mount = Files.createDirectory(directory.resolve("full"));
    Tool.Result mounted =
        Tool.run(Map.of(), "mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", mount.toString());
    assumeThat(mounted.status()).as("mounting a tmpfs needs root").isZero();
    try {
      Path path = mount.resolve("disk.img");
      Files.writeString(path, "the good one");
      Volume large = ComposedVolume.build(Size.mib(8).bytes(), v -> v.bytes(0, new byte[4 << 20]));
      assertThatThrownBy(() -> ImageFile.of(large).write(path, Progress.none()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left on device")
          .hasMessageContaining("disk.img.part");
      assertThat(Files.readString(path)).isEqualTo("the good one");
      try (Stream<Path> left = Files.list(mount)) {
        assertThat(left).containsExactly(path);
      }
    } finally {
      Tool.run(Map.of(), "umount", mount.toString());
    }
  }

  @Test
  void aPartLeftByAKilledBuildIsRemoved() throws Exception {
    Path path = directory.resolve("disk.img");
    Files.write(directory.resolve("disk.img.part"), new byte[100]);
    Volume volume = ComposedVolume.build(10, v -> v.bytes(0, new byte[] {1, 2, 3}));
    ImageFile.of(volume).write(path, Progress.none());
    assertThat(names()).containsExactly("disk.img");
    assertThat(Files.readAllBytes(path)).isEqualTo(new byte[] {1, 2, 3, 0, 0, 0, 0, 0, 0, 0});
  }

  @Test
  @RequiresTool(value = "python3", in = "python3-minimal")
  void aPartThatIsBeingWrittenIsLeftAlone() throws Exception {
    Path part = directory.resolve("disk.img.part");
    Process other =
        new ProcessBuilder(
                "python3",
                "-c",
                "import fcntl,sys\nf=open(sys.argv[1],'wb')\nf.write(b'busy')\nf.flush()\n"
                    + "fcntl.lockf(f,fcntl.LOCK_EX)\nprint('locked',flush=True)\nsys.stdin.read()",
                part.toString())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("locked");
      Volume volume = ComposedVolume.build(3, v -> v.bytes(0, new byte[] {1, 2, 3}));
      ImageFile.of(volume).write(directory.resolve("disk.img"), Progress.none());
      assertThat(names()).containsExactly("disk.img", "disk.img.part");
      assertThat(Files.readString(part)).isEqualTo("busy");
    } finally {
      other.getOutputStream().close();
      other.waitFor();
    }
  }

  @Test
  void manyThreadsMayWriteOneName() throws Exception {
    byte[] data = SampleDisks.pattern(3_000_000);
    Volume volume = ComposedVolume.build(data.length, v -> v.bytes(0, data));
    Path path = directory.resolve("disk.img");
    var failures = new ArrayList<Throwable>();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 6; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  ImageFile.of(volume).write(path, Progress.none());
                } catch (IOException | RuntimeException e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(names()).containsExactly("disk.img");
    assertThat(Digest.of(ByteSource.file(path))).isEqualTo(Digest.of(data));
  }

  @Test
  void refusesRegionsThatOverlapOrLeaveTheVolume() {
    Volume volume = Volume.zeros(100);
    assertThatThrownBy(
            () ->
                ImageFile.of(volume)
                    .digesting(new Region("a", 0, 60))
                    .digesting(new Region("b", 59, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"b\"");
    assertThatThrownBy(() -> ImageFile.of(volume).digesting(new Region("c", 99, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("leaves the volume of 100 bytes");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  /** Writes its second half first. */
  private record Backwards(byte[] data) implements Volume {
    @Override
    public long size() {
      return data.length;
    }

    @Override
    public void writeTo(BlockSink sink, Progress progress) throws IOException {
      int half = data.length / 2;
      sink.write(half, Arrays.copyOfRange(data, half, data.length));
      sink.write(0, Arrays.copyOf(data, half));
    }

    @Override
    public BlockSource open() {
      return BlockSource.bytes(data);
    }

    @Override
    public long dataBytes() {
      return data.length;
    }

    @Override
    public List<Extent> extents() {
      return List.of();
    }
  }

  /** Breaks after a few megabytes. */
  private record Failing() implements Volume {
    @Override
    public long size() {
      return 50 << 20;
    }

    @Override
    public void writeTo(BlockSink sink, Progress progress) throws IOException {
      sink.write(0, new byte[20 << 20]);
      throw new IOException("source broke");
    }

    @Override
    public BlockSource open() {
      throw new UnsupportedOperationException();
    }

    @Override
    public long dataBytes() {
      return size();
    }

    @Override
    public List<Extent> extents() {
      return List.of();
    }
  }
}
