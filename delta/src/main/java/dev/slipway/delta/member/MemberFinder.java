// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds compressed members by their magic numbers, at any byte: in files, in the middle of a kernel
 * image, one behind the other in an initrd.
 *
 * <p>A gzip, zlib or zstd member counts only if it unpacks to its end; an xz stream, for unpacking
 * it takes long, if its structure is whole to its end and the checksums of that hold. What lies
 * within a member is not looked at.
 *
 * @param plainMax the largest member that is unpacked, in plain bytes; larger ones are passed over
 */
public record MemberFinder(long plainMax) {
  private static final int BUFFER_BYTES = 1 << 16;

  /** What the longest magic number has. */
  private static final int MAGIC_BYTES = 6;

  /**
   * Unpacking what turns out to be no member may cost this many bytes of output for each byte
   * searched. Chance finds end within a few bytes; only hostile input comes near.
   */
  private static final int WASTE_FACTOR = 16;

  private static final long WASTE_LEAST = 64L << 20;

  private static final boolean[] STARTS = new boolean[256];

  static {
    STARTS[0x1f] = true;
    STARTS[0xfd] = true;
    STARTS[0x28] = true;
    STARTS[0x78] = true;
  }

  private static final MemberFinder DEFAULT = new MemberFinder(4L << 30);

  public MemberFinder {
    if (plainMax < 0) {
      throw new IllegalArgumentException("largest member: " + plainMax + " bytes");
    }
  }

  /** Members up to 4 GiB. */
  public static MemberFinder standard() {
    return DEFAULT;
  }

  /** Finds the members that lie in a whole source. */
  public List<Member> find(BlockSource source) throws IOException {
    return find(source, List.of(new ByteRange(0, source.size())));
  }

  /**
   * Finds the members that lie in some ranges of a source, each within one of them.
   *
   * @param ranges in rising order, apart from each other
   * @return in rising order
   */
  public List<Member> find(BlockSource source, List<ByteRange> ranges) throws IOException {
    return find(source, ranges, ranges);
  }

  /**
   * Finds the members that lie in some ranges of a source, each within one of them, and reach into
   * what is wanted. Most others are not unpacked to see that they do not: what ends in zeros on the
   * way from a block to something wanted is taken for the end of a file.
   *
   * @param ranges in rising order, apart from each other
   * @param wanted the same, each within one of the ranges
   * @return in rising order; a few may reach into nothing wanted
   */
  public List<Member> find(BlockSource source, List<ByteRange> ranges, List<ByteRange> wanted)
      throws IOException {
    List<Member> members = new ArrayList<>();
    var search = new WantedPlaces(source, wanted);
    for (ByteRange range : ranges) {
      new Search(source, range, search).into(members);
    }
    return members;
  }

  private final class Search {
    private final BlockSource source;
    private final ByteRange range;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final WantedPlaces wanted;
    private long wasteLeft;

    Search(BlockSource source, ByteRange range, WantedPlaces wanted) {
      this.source = source;
      this.range = range;
      this.wanted = wanted;
      wasteLeft = Math.max(WASTE_LEAST, WASTE_FACTOR * Math.min(range.length(), 1L << 50));
    }

    void into(List<Member> members) throws IOException {
      long at = wanted.next(range.offset());
      while (range.end() - at >= MAGIC_BYTES) {
        long end = Math.min(range.end(), wanted.end(at) + MAGIC_BYTES - 1);
        int count = (int) Math.min(BUFFER_BYTES, end - at);
        source.readFully(at, ByteBuffer.wrap(buffer, 0, count));
        int last = count - MAGIC_BYTES;
        long next = at;
        while (next - at <= last) {
          int place = nextStart((int) (next - at), last);
          next = at + place;
          if (place > last) {
            break;
          }
          Optional<Member> member = probe(kind(place), next);
          member.ifPresent(members::add);
          next = member.isPresent() ? member.get().end() : next + 1;
        }
        at = wanted.next(Math.min(next, range.end()));
      }
    }

    private int nextStart(int from, int last) {
      int place = from;
      while (place <= last && !STARTS[buffer[place] & 0xff]) {
        place++;
      }
      return place;
    }

    private MemberKind kind(int place) {
      return switch (buffer[place]) {
        case 0x1f -> GzipHeader.looksLikeOne(buffer, place) ? MemberKind.GZIP : null;
        case (byte) 0xfd -> XzStructure.looksLikeOne(buffer, place) ? MemberKind.XZ : null;
        case 0x78 -> ZlibHeader.looksLikeOne(buffer, place) ? MemberKind.ZLIB : null;
        case 0x28 -> ZstdStructure.looksLikeOne(buffer, place) ? MemberKind.ZSTD : null;
        default -> null;
      };
    }

    private Optional<Member> probe(MemberKind kind, long offset) throws IOException {
      if (kind == null || wasteLeft <= 0) {
        return Optional.empty();
      }
      var probe = new MemberProbe(source, offset, range.end(), plainMax);
      try {
        return Optional.of(probe.member(kind));
      } catch (FormatException e) {
        wasteLeft -= probe.work();
        return Optional.empty();
      }
    }
  }
}
