// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.BlockSource;
import dev.slipway.match.Alignment;
import java.io.IOException;
import java.util.List;

/**
 * Replaces the references of a file by signs of their targets.
 *
 * <p>References in code become zero. A reference elsewhere becomes a hash of the bytes at its
 * target, in which all references have been set to zero in a first round; one to a name becomes a
 * hash of the name; one to a type the hash of its {@linkplain BtfShapes shape}. So a table of
 * pointers into which one was inserted matches around it.
 */
final class MatchingView implements FieldSink {
  private static final int SIGN_BYTES = 16;
  private static final long PRIME = 0x0000_0100_0000_01B3L; // FNV-1a
  private static final long SEED = 0xCBF2_9CE4_8422_2325L;

  private final byte[] view;
  private final byte[] signs; // null in the first round
  private final AddressMap map;
  private final int[] shapes; // of the file's own types
  private final int newTypes;

  private MatchingView(byte[] view, byte[] signs, AddressMap map, int[] shapes, int newTypes) {
    this.shapes = shapes;
    this.newTypes = newTypes;
    this.view = view;
    this.signs = signs;
    this.map = map;
  }

  static void of(byte[] file, CodeContext context) throws IOException {
    byte[] original = file.clone();
    var bytes = new PagedBytes(BlockSource.bytes(original));
    ElfHeaders headers = ElfHeaders.read(bytes);
    if (headers == null) {
      return;
    }
    Layout layout = Layout.pair(headers, headers);
    OffsetMap same = OffsetMap.of(List.of(new Alignment(0, 0, file.length)), file.length);
    var map = new AddressMap(layout, same, Corrections.NONE);
    List<Region> regions = Regions.of(bytes, map, context, BtfSide.same(bytes, headers, context));
    byte[] zeroed = original.clone();
    BtfShapes types = context.types().known() ? BtfShapes.read(bytes, headers) : null;
    int[] shapes = types == null ? new int[0] : types.shapes();
    int newTypes = context.types().newTypes();
    fields(regions, new MatchingView(zeroed, null, map, shapes, newTypes));
    fields(regions, new MatchingView(file, zeroed, map, shapes, newTypes));
  }

  private static void fields(List<Region> regions, FieldSink sink) throws IOException {
    for (Region region : regions) {
      region.model().fields(region.start(), region.end(), sink);
    }
  }

  private void put(long position, int bytes, long value) {
    for (int k = 0; k < bytes && position + k < view.length; k++) {
      view[(int) position + k] = (byte) (value >>> 8 * k);
    }
  }

  /** A hash of the bytes at an address. */
  private long sign(long address) {
    if (signs == null) {
      return 0;
    }
    int in = map.before().sectionAt(address);
    if (in < 0) {
      return SEED;
    }
    Section section = map.before().section(in);
    long hash = SEED ^ in;
    if (section.fileSize() > 0) {
      long at = section.offset() + address - map.before().address(in);
      long end = Math.min(Math.min(at + SIGN_BYTES, section.endOffset()), signs.length);
      for (; at >= 0 && at < end; at++) { // hostile headers place sections anywhere
        hash = (hash ^ signs[(int) at]) * PRIME;
      }
    }
    return spread(hash);
  }

  private static long spread(long hash) {
    return hash ^ hash >>> 32;
  }

  private long textSign(int section, long inside) {
    if (signs == null || section < 0 || section >= map.layout().before.sections.size()) {
      return SEED;
    }
    long hash = SEED;
    long at = map.before().section(section).offset() + inside;
    while (at >= 0 && at < signs.length && signs[(int) at] != 0) {
      hash = (hash ^ signs[(int) at++]) * PRIME;
    }
    return spread(hash);
  }

  @Override
  public void relative(FieldKind kind, long position, int bytes, long distance, long target) {
    boolean inCode =
        switch (kind) {
          case CALL, JUMP, BRANCH, OPERAND -> true;
          default -> false;
        };
    put(position, bytes, inCode ? 0 : sign(target));
  }

  @Override
  public void backward(FieldKind kind, long position, int bytes, long target) {
    put(position, bytes, 0);
  }

  @Override
  public void absolute(FieldKind kind, long position, int bytes, long base, long target) {
    boolean place = kind == FieldKind.RELOCATION_PLACE || kind == FieldKind.SYMBOL_VALUE;
    put(position, bytes, place ? 0 : sign(target));
  }

  @Override
  public void instruction(FieldKind kind, long position, int word, ArmField field, long target) {
    put(position, 4, field.blank(word));
  }

  @Override
  public void inRow(FieldKind kind, long position, int bytes, long value, Rows rows) {
    put(position, bytes, 0);
  }

  @Override
  public void symbol(long position, SymbolTable table, long number) throws IOException {
    long name = table.nameOf(number);
    int section = table.sectionOfSectionSymbol(number);
    long sign = name >= 0 ? textSign((int) (name >>> 32), name & 0xffff_ffffL) : section;
    put(position, 4, sign);
  }

  @Override
  public void text(FieldKind kind, long position, int bytes, long base, int section, long inside) {
    put(position, bytes, textSign(section, inside));
  }

  @Override
  public void plain(FieldKind kind, long position, int bytes, long value) {
    if (kind == FieldKind.TYPE_NAME) {
      put(position, bytes, value); // the kernel's own names: as in the new file
    } else if (kind == FieldKind.TYPE_NUMBER) {
      long own = value - newTypes - 1;
      put(position, bytes, own >= 0 && own < shapes.length ? shapes[(int) own] : value);
    }
  }
}
