// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever two images are: the target that is made is the target that was meant. */
class DeltaProperties {
  private static DeltaFiles files;

  @BeforeContainer
  static void prepare() throws IOException {
    files = new DeltaFiles(Files.createTempDirectory("delta-properties"));
  }

  @AfterContainer
  static void cleanUp() throws IOException {
    files.clear();
    Files.delete(files.directory());
  }

  @Provide
  Arbitrary<EditedImage> edits() {
    return EditedImage.any();
  }

  @Property(tries = 60)
  void applyingGivesTheTarget(@ForAll("edits") EditedImage pair, @ForAll Profile profile)
      throws IOException {
    byte[] delta = files.make(pair, profile, Runnable::run);
    assertThat(files.apply(pair.before(), delta)).isEqualTo(pair.after());
  }

  @Property(tries = 10)
  void threadsDoNotShow(@ForAll("edits") EditedImage pair, @ForAll Profile profile)
      throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      assertThat(files.make(pair, profile, threads))
          .isEqualTo(files.make(pair, profile, Runnable::run));
    } finally {
      threads.shutdown();
    }
  }

  /** The work stops at the first read of the source behind a place; then it goes on. */
  @Property(tries = 30)
  void goesOnWhereItStopped(
      @ForAll("edits") EditedImage pair, @ForAll Profile profile, @ForAll("places") double place)
      throws IOException {
    byte[] delta = files.make(pair, profile, Runnable::run);
    var failing = new FailingSource(pair.before(), (long) (place * pair.before().length));
    Path target = files.target();
    boolean failed = false;
    try {
      files.applyTo(target, failing, delta);
    } catch (FailingSource.Stopped e) {
      failed = true;
      assertThat(target).doesNotExist();
    }
    if (failed) {
      files.applyTo(target, BlockSource.bytes(pair.before()), delta);
    }
    assertThat(Files.readAllBytes(target)).isEqualTo(pair.after());
    files.clear();
  }

  @Provide
  Arbitrary<Double> places() {
    return Arbitraries.doubles().between(0, 1);
  }

  @Property(tries = 20)
  void blocksThatAreRightAreNotWritten(@ForAll("edits") EditedImage pair) throws IOException {
    byte[] delta = files.make(pair, Profile.FAST, Runnable::run);
    Path device = files.directory().resolve("device");
    Files.write(device, pair.after());
    try (Destination destination =
        Destination.inPlace(device, files.directory().resolve("state"))) {
      Applied applied = files.apply(BlockSource.bytes(pair.before()), delta, destination);
      assertThat(applied.writtenBytes()).isZero();
    }
    files.clear();
  }

  /** A source that fails once it is read behind a place. */
  private static final class FailingSource implements BlockSource {
    static final class Stopped extends IOException {
      private static final long serialVersionUID = 1L;
    }

    private final BlockSource bytes;
    private final long limit;

    FailingSource(byte[] bytes, long limit) {
      this.bytes = BlockSource.bytes(bytes);
      this.limit = limit;
    }

    @Override
    public long size() {
      return bytes.size();
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
      if (position >= limit) {
        throw new Stopped();
      }
      return bytes.read(position, target);
    }

    @Override
    public void close() {}
  }
}
