// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The types of a {@code .BTF} whole in memory, with a hash of each that leaves out what moves: the
 * numbers of types, and names of the kernel, which are not at hand.
 */
final class BtfShapes {
  private static final int PRIME = 0x0100_0193; // FNV-1a

  private final byte[] types;
  private final byte[] text;
  private int[] offsets = new int[1024];
  private int[] shapes = new int[1024];
  private int count;
  private final int baseText;

  private BtfShapes(byte[] types, byte[] text) {
    this.types = types;
    this.text = text;
    for (int at = 0; at <= types.length - Btf.TYPE_BYTES; ) {
      int bytes = Btf.bytes(word(at + 4));
      if (bytes > types.length - at) {
        break;
      }
      if (count == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * count);
      }
      offsets[count++] = at;
      at += bytes;
    }
    baseText = inferBaseText();
    shapes = new int[count];
    for (int i = 0; i < count; i++) {
      shapes[i] = shape(i);
    }
  }

  /** The types of a file; null if it has none. */
  static BtfShapes read(PagedBytes file, ElfHeaders headers) throws IOException {
    int index = headers.find(".BTF");
    Btf btf = index < 0 ? null : Btf.read(file, headers.sections.get(index));
    if (btf == null) {
      return null;
    }
    var types = new byte[(int) (btf.typesEnd() - btf.typesStart())];
    var text = new byte[(int) (btf.textEnd() - btf.textStart())];
    file.copy(btf.typesStart(), types, 0, types.length);
    file.copy(btf.textStart(), text, 0, text.length);
    return new BtfShapes(types, text);
  }

  int count() {
    return count;
  }

  int[] shapes() {
    return shapes.clone();
  }

  int typeBytes() {
    return types.length;
  }

  int textBytes() {
    return text.length;
  }

  /** Where the file's own names begin: the bytes of the kernel's names, 0 for a kernel. */
  int baseText() {
    return baseText;
  }

  private int word(int at) {
    return types[at] & 0xff
        | (types[at + 1] & 0xff) << 8
        | (types[at + 2] & 0xff) << 16
        | types[at + 3] << 24;
  }

  int info(int type) {
    return word(offsets[type] + 4);
  }

  /** How many words of four bytes a type has. */
  int words(int type) {
    return Btf.bytes(info(type)) / 4;
  }

  int word(int type, int index) {
    return word(offsets[type] + 4 * index);
  }

  /** Whether a word of a type is a name. */
  boolean isName(int type, int index) {
    int info = info(type);
    int kind = Btf.kind(info);
    if (index < 3) {
      return index == 0;
    }
    int bytesEach = Btf.memberBytes(kind);
    return bytesEach > 0 && Btf.nameInMember(kind) && (index - 3) % (bytesEach / 4) == 0;
  }

  /** Whether a word of a type is the number of a type. */
  boolean isType(int type, int index) {
    int kind = Btf.kind(info(type));
    if (index < 3) {
      return index == 2 && Btf.refers(kind);
    }
    if (kind == Btf.ARRAY) {
      return index < 5;
    }
    int bytesEach = Btf.memberBytes(kind);
    int typeAt = Btf.typeInMember(kind);
    return bytesEach > 0 && typeAt >= 0 && (index - 3) % (bytesEach / 4) == typeAt / 4;
  }

  /**
   * The last of a file's own names is used by some type, as the one with the greatest offset of
   * all; the difference to its place in the file's own text is where that begins.
   */
  private int inferBaseText() {
    int greatest = 0;
    for (int i = 0; i < count; i++) {
      for (int w = 0; w < words(i); w++) {
        if (isName(i, w)) {
          greatest = Math.max(greatest, word(i, w));
        }
      }
    }
    int last = text.length - 1;
    while (last > 0 && text[last - 1] != 0) {
      last--;
    }
    return Math.max(0, greatest - Math.max(0, last));
  }

  private int shape(int type) {
    int hash = PRIME;
    for (int w = 0; w < words(type); w++) {
      int word = word(type, w);
      if (isName(type, w)) {
        hash = word < baseText ? mix(hash, Integer.signum(word)) : mixText(hash, word - baseText);
      } else if (!isType(type, w)) {
        hash = mix(hash, word);
      }
    }
    return hash;
  }

  private int mixText(int hash, int offset) {
    int mixed = hash;
    for (int at = offset; at < text.length && text[at] != 0; at++) {
      mixed = mix(mixed, text[at]);
    }
    return mixed;
  }

  private static int mix(int hash, int value) {
    int mixed = (hash ^ value) * PRIME;
    return mixed ^ mixed >>> 15;
  }

  /** The greatest number of a type that occurs. */
  int greatestReference() {
    int greatest = 0;
    for (int i = 0; i < count; i++) {
      for (int w = 2; w < words(i); w++) {
        if (isType(i, w)) {
          greatest = Math.max(greatest, word(i, w));
        }
      }
    }
    return greatest;
  }

  /**
   * Whether every function's type is a prototype, given how many types the kernel has; false as
   * well if the file has no function of its own types to tell.
   */
  boolean fits(int baseTypes) {
    IntPredicate prototype = own -> own < count && Btf.kind(info(own)) == Btf.FUNC_PROTO;
    boolean any = false;
    for (int i = 0; i < count; i++) {
      int own = Btf.kind(info(i)) == Btf.FUNC ? word(i, 2) - baseTypes - 1 : -1;
      if (own >= 0 && !prototype.test(own)) {
        return false;
      }
      any |= own >= 0;
    }
    return any;
  }
}
