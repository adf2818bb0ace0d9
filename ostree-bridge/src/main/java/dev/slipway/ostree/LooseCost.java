// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.DeltaSuperblock.Part;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.ostree.object.ObjectName;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What it costs to fetch objects one by one. Sizes are known where the commit lists them, as {@code
 * ostree commit --generate-sizes} does:
 *
 * <pre>
 * ostree.sizes aay, each:  checksum (32 bytes) | size as stored | size unpacked | type, since 2020
 * </pre>
 *
 * <p>Else a part's missing objects are taken to be as large as its objects are on average, and to
 * compress as a Debian tree does. An estimate, or a list, that is wrong costs bytes and nothing
 * else.
 */
final class LooseCost {
  private static final String SIZES = "ostree.sizes";

  /** Of 16 parts, what deflate leaves: 69.9 MB of 158 MB in a minimal Debian system. */
  private static final int COMPRESSED_SIXTEENTHS = 7;

  /** The headers of a request and of its answer; an arbitrary number of the usual size. */
  private static final long REQUEST_BYTES = 500;

  private static final int VARINT_BYTES_MAX = 9;

  private final Map<Digest, Long> sizes;

  private LooseCost(Map<Digest, Long> sizes) {
    this.sizes = sizes;
  }

  /** Keeps the sizes of objects that are asked about, so that a long list costs no memory. */
  static LooseCost of(Variant commit, Collection<ObjectName> objects) {
    var sizes = new HashMap<Digest, Long>();
    var list = VariantDict.of(commit.child(0)).find(SIZES, "aay");
    if (list.isPresent()) {
      Set<Digest> asked = new HashSet<>();
      objects.forEach(object -> asked.add(object.checksum()));
      for (Variant each : list.get()) {
        ByteBuffer entry = each.asBuffer();
        if (entry.remaining() > Digest.BYTES) {
          byte[] checksum = new byte[Digest.BYTES];
          entry.get(checksum);
          Digest digest = Digest.fromBytes(checksum);
          OptionalLong stored = number(entry);
          if (asked.contains(digest) && stored.isPresent()) {
            sizes.put(digest, stored.getAsLong());
          }
        }
      }
    }
    return new LooseCost(sizes);
  }

  private static OptionalLong number(ByteBuffer in) {
    long value = 0;
    for (int i = 0; i < VARINT_BYTES_MAX && in.hasRemaining(); i++) {
      int next = in.get();
      value |= (long) (next & 0x7f) << (7 * i);
      if (next >= 0) {
        return OptionalLong.of(value);
      }
    }
    return OptionalLong.empty();
  }

  /** About how many bytes some objects of a part are when each is fetched by itself. */
  long bytes(Part part, List<ObjectName> missing) {
    long average = part.objectBytes() / Math.max(1, part.objects().size());
    long estimate = average / 16 * COMPRESSED_SIXTEENTHS;
    long sum = 0;
    for (ObjectName object : missing) {
      long size = sizes.getOrDefault(object.checksum(), estimate);
      sum += Math.min(size, Long.MAX_VALUE - sum - REQUEST_BYTES) + REQUEST_BYTES;
    }
    return sum;
  }
}
