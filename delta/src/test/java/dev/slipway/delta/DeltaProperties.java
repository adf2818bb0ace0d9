// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.volume.Volume;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever two images are: the target that is made is the target that was meant. */
class DeltaProperties {
  private static Path work;

  @BeforeContainer
  static void prepare() throws IOException {
    work = Files.createTempDirectory("delta-properties");
  }

  @AfterContainer
  static void cleanUp() throws IOException {
    try (var files = Files.list(work)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(work);
  }

  @Provide
  Arbitrary<EditedImage> edits() {
    return EditedImage.any();
  }

  @Property(tries = 60)
  void applyingGivesTheTarget(@ForAll("edits") EditedImage pair, @ForAll Profile profile)
      throws IOException {
    byte[] delta = make(pair, profile, Runnable::run);
    assertThat(apply(pair.before(), delta)).isEqualTo(pair.after());
  }

  @Property(tries = 10)
  void threadsDoNotShow(@ForAll("edits") EditedImage pair, @ForAll Profile profile)
      throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      assertThat(make(pair, profile, threads)).isEqualTo(make(pair, profile, Runnable::run));
    } finally {
      threads.shutdown();
    }
  }

  static byte[] make(EditedImage pair, Profile profile, Executor executor) throws IOException {
    DeltaOptions options =
        DeltaOptions.of(work)
            .withProfile(profile)
            .withExecutor(executor)
            .withDictionary(Size.mib(1));
    try (BlockDelta delta =
        BlockDelta.between(volume(pair.before()), volume(pair.after()), options, Progress.none())) {
      var out = new ByteArrayOutputStream();
      delta.writeTo(out);
      return out.toByteArray();
    }
  }

  private static Volume volume(byte[] bytes) {
    return Volume.of(BlockSource.bytes(bytes));
  }

  private static byte[] apply(byte[] before, byte[] delta) throws IOException {
    Path made = work.resolve("made");
    DeltaApplier applier = DeltaApplier.of(BlockSource.bytes(before), work);
    try (Destination destination = Destination.file(made)) {
      applier.apply(new ByteArrayInputStream(delta), "delta", destination, Progress.none());
    }
    byte[] bytes = Files.readAllBytes(made);
    Files.delete(made);
    return bytes;
  }
}
