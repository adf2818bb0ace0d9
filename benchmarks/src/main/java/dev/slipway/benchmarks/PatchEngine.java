// SPDX-License-Identifier: Apache-2.0
package dev.slipway.benchmarks;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import dev.slipway.delta.BlockDelta;
import dev.slipway.delta.DeltaApplier;
import dev.slipway.delta.DeltaOptions;
import dev.slipway.delta.Destination;
import dev.slipway.delta.Profile;
import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import dev.slipway.volume.Volume;
import io.sigpipe.jbsdiff.Diff;
import io.sigpipe.jbsdiff.Patch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;

/** What makes patches: ours by profile, and the rivals that are there for Java. */
public enum PatchEngine {
  FAST(Profile.FAST),
  BALANCED(Profile.BALANCED),
  MAX(Profile.MAX),

  /** bsdiff 4 in Java. */
  JBSDIFF(null) {
    @Override
    byte[] make(ImagePair pair, Path scratch) throws Exception {
      var out = new ByteArrayOutputStream();
      Diff.diff(pair.before(), pair.after(), out);
      return out.toByteArray();
    }

    @Override
    long apply(ImagePair pair, byte[] patch, Path scratch) throws Exception {
      Patch.patch(pair.before(), patch, OutputStream.nullOutputStream());
      return pair.after().length;
    }
  },

  /** The native zstd with the old image as its dictionary, level 19, a window over all of it. */
  ZSTD_DICTIONARY(null) {
    private static final int LEVEL = 19;
    private static final int WINDOW_BITS = 27;

    @Override
    byte[] make(ImagePair pair, Path scratch) {
      try (var context = new ZstdCompressCtx()) {
        context.setLevel(LEVEL).setLong(WINDOW_BITS).loadDict(pair.before());
        return context.compress(pair.after());
      }
    }

    @Override
    long apply(ImagePair pair, byte[] patch, Path scratch) {
      try (var context = new ZstdDecompressCtx()) {
        context.loadDict(pair.before());
        return context.decompress(patch, pair.after().length).length;
      }
    }
  };

  private final Profile profile;

  PatchEngine(Profile profile) {
    this.profile = profile;
  }

  byte[] make(ImagePair pair, Path scratch) throws Exception {
    try (BlockDelta made =
        BlockDelta.between(
            Volume.of(BlockSource.bytes(pair.before())),
            Volume.of(BlockSource.bytes(pair.after())),
            DeltaOptions.of(scratch).withProfile(profile),
            Progress.none())) {
      var out = new ByteArrayOutputStream();
      made.writeTo(out);
      return out.toByteArray();
    }
  }

  /** Applies, ours into a file; returns the target's size. */
  long apply(ImagePair pair, byte[] patch, Path scratch) throws Exception {
    try (Destination destination = Destination.file(scratch.resolve("made"))) {
      return DeltaApplier.of(BlockSource.bytes(pair.before()), scratch)
          .apply(new ByteArrayInputStream(patch), "delta", destination, Progress.none())
          .targetBytes();
    }
  }
}
