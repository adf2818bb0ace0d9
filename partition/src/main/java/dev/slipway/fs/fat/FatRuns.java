// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.volume.Extent;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The bytes of a file as runs of a volume: offsets and lengths, in the order of the file. */
record FatRuns(long[] offsets, long[] lengths) {

  /**
   * The runs of a chain, cut to a file's size.
   *
   * @return fewer bytes than {@code size} when the chain is too short
   */
  static FatRuns of(List<FatTable.Run> chain, FatGeometry geometry, long size) {
    var offsets = new long[chain.size()];
    var lengths = new long[chain.size()];
    long left = size;
    int count = 0;
    for (; count < offsets.length && left > 0; count++) {
      offsets[count] = geometry.clusterOffset(chain.get(count).cluster());
      lengths[count] = Math.min(left, chain.get(count).count() * geometry.clusterBytes());
      left -= lengths[count];
    }
    return new FatRuns(Arrays.copyOf(offsets, count), Arrays.copyOf(lengths, count));
  }

  long bytes() {
    long sum = 0;
    for (long length : lengths) {
      sum += length;
    }
    return sum;
  }

  InputStream open(BlockSource source) {
    if (offsets.length == 1) {
      return source.stream(offsets[0], lengths[0]);
    }
    var streams = new ArrayList<InputStream>();
    for (int i = 0; i < offsets.length; i++) {
      streams.add(source.stream(offsets[i], lengths[i]));
    }
    return new SequenceInputStream(Collections.enumeration(streams));
  }

  List<Extent> extents(String path, Digest digest) {
    var extents = new ArrayList<Extent>();
    long fileOffset = 0;
    for (int i = 0; i < offsets.length; i++) {
      extents.add(new Extent(offsets[i], lengths[i], path, fileOffset, digest));
      fileOffset += lengths[i];
    }
    return extents;
  }
}
