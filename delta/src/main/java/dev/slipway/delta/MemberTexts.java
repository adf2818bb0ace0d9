// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.coding.SpillFile;
import dev.slipway.delta.member.Budget;
import dev.slipway.delta.member.ByteRange;
import dev.slipway.delta.member.Member;
import dev.slipway.delta.member.MemberFinder;
import dev.slipway.delta.member.Recipe;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.match.Alignment;
import dev.slipway.match.ByteSpace;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.ToLongFunction;

/** The members of one image that were opened, and their plain texts one behind the other. */
final class MemberTexts implements Closeable {
  /**
   * How far into equal blocks a member may reach and still be found: the initramfs of two kernels
   * may begin with most of a mebibyte that is the same.
   */
  private static final long REACH = 4 << 20;

  private final List<Text> texts = new ArrayList<>();
  private final SpillFile plain;

  /**
   * An opened member.
   *
   * @param plainOffset where its plain text starts among the others
   * @param recipe how to rebuild it; empty for a member of the source, which need not be
   */
  record Text(Member member, long plainOffset, byte[] recipe) {
    long plainEnd() {
      return plainOffset + member.plainLength();
    }
  }

  private MemberTexts(SpillFile plain) {
    this.plain = plain;
  }

  static MemberTexts none(Path scratch) throws IOException {
    return new MemberTexts(SpillFile.in(scratch));
  }

  /** Opens the members of the source that lie in what changed and can be unpacked. */
  static MemberTexts ofSource(
      BlockSource source, List<Alignment> copies, Path scratch, Budget budget) throws IOException {
    MemberTexts texts = none(scratch);
    try {
      for (Member member : find(source, changed(source, copies, Alignment::oldOffset))) {
        if (isUnpacked(source, member, budget)) {
          texts.add(source, member, new byte[0]);
        }
      }
      texts.plain.flush();
      return texts;
    } catch (IOException e) {
      texts.close();
      throw e;
    }
  }

  /**
   * Opens the members of the target that lie in what changed and can be rebuilt, the first ones
   * that the budget has room for.
   */
  static MemberTexts ofTarget(
      BlockSource target, List<Alignment> copies, Path scratch, Executor executor, Budget budget)
      throws IOException {
    var members = find(target, changed(target, copies, Alignment::newOffset));
    var recipes = new ArrayList<Aside<Optional<byte[]>>>();
    for (Member member : members) {
      recipes.add(Aside.run(executor, () -> Recipe.of(target, member, budget)));
    }
    MemberTexts texts = none(scratch);
    Budget left = budget;
    try {
      for (int i = 0; i < members.size(); i++) {
        Optional<byte[]> recipe = recipes.get(i).get();
        if (recipe.isPresent()
            && recipe.get().length <= OpReader.SIDE_MAX
            && left.allows(recipe.get(), members.get(i))) {
          left = left.less(Budget.nanos(recipe.get(), members.get(i)));
          texts.add(target, members.get(i), recipe.get());
        }
      }
      texts.plain.flush();
      return texts;
    } catch (IOException e) {
      texts.close();
      throw e;
    }
  }

  /** Whether a small device can unpack a member. */
  private static boolean isUnpacked(BlockSource source, Member member, Budget budget)
      throws IOException {
    try {
      return member.memoryBytes(source) <= budget.memoryBytes();
    } catch (FormatException e) {
      return false; // filters that we do not know
    }
  }

  private static List<Member> find(BlockSource image, List<ByteRange> changed) throws IOException {
    return MemberFinder.standard().find(image, reaching(image.size(), changed), changed).stream()
        .filter(member -> overlaps(member, changed))
        .toList();
  }

  private static boolean overlaps(Member member, List<ByteRange> ranges) {
    return ranges.stream()
        .anyMatch(range -> range.offset() < member.end() && member.offset() < range.end());
  }

  /** What equal blocks do not cover. */
  private static List<ByteRange> changed(
      BlockSource image, List<Alignment> copies, ToLongFunction<Alignment> address) {
    var ranges = new ArrayList<ByteRange>();
    var sorted = new ArrayList<>(copies);
    sorted.sort(Comparator.comparingLong(address));
    long at = 0;
    for (Alignment copy : sorted) {
      long offset = ByteSpace.offset(address.applyAsLong(copy));
      if (offset > at) {
        ranges.add(new ByteRange(at, offset - at));
      }
      at = Math.max(at, offset + copy.length());
    }
    if (at < image.size()) {
      ranges.add(new ByteRange(at, image.size() - at));
    }
    return ranges;
  }

  private static List<ByteRange> reaching(long size, List<ByteRange> ranges) {
    var wider = new ArrayList<ByteRange>();
    long start = -1;
    long end = -1;
    for (ByteRange range : ranges) {
      long from = Math.max(0, range.offset() - REACH);
      if (start >= 0 && from > end) {
        wider.add(new ByteRange(start, end - start));
        start = from;
      } else if (start < 0) {
        start = from;
      }
      end = Math.min(size, range.end() + REACH);
    }
    if (start >= 0) {
      wider.add(new ByteRange(start, end - start));
    }
    return wider;
  }

  private void add(BlockSource image, Member member, byte[] recipe) throws IOException {
    long start = plain.size();
    try (InputStream in = member.plain(image)) {
      in.transferTo(plain);
    }
    if (plain.size() - start != member.plainLength()) {
      throw new IllegalStateException(
          "bug: " + member + " unpacked to " + (plain.size() - start) + " bytes");
    }
    texts.add(new Text(member, start, recipe));
  }

  List<Text> texts() {
    return texts;
  }

  BlockSource plain() {
    return plain;
  }

  /** The copies that are left when opened members are made from their plain texts. */
  List<Alignment> without(List<Alignment> copies) {
    var left = new ArrayList<Alignment>();
    int next = 0;
    for (Alignment copy : copies) {
      long base = copy.newOffset() - ByteSpace.offset(copy.newOffset());
      long at = copy.newOffset();
      while (next < texts.size() && base + texts.get(next).member().end() <= at) {
        next++;
      }
      for (int i = next; i < texts.size() && at < copy.newEnd(); i++) {
        Member member = texts.get(i).member();
        if (base + member.offset() >= copy.newEnd()) {
          break;
        }
        addPart(copy, at, base + member.offset(), left);
        at = Math.max(at, base + member.end());
      }
      addPart(copy, at, copy.newEnd(), left);
    }
    return left;
  }

  private static void addPart(Alignment whole, long start, long end, List<Alignment> parts) {
    long until = Math.min(end, whole.newEnd());
    if (until > start) {
      parts.add(new Alignment(start, start + whole.shift(), until - start));
    }
  }

  @Override
  public void close() throws IOException {
    plain.close();
  }
}
