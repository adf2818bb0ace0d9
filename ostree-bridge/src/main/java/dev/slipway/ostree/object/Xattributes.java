// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.object;

import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.tree.Xattrs;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * Extended attributes as ostree has them, {@code a(ayay)}: name with its NUL and value. Written in
 * the order of the names' bytes; read in any, because ostree 2022.7 keeps the order of tar files.
 */
public final class Xattributes {
  private static final Variant NONE = Variant.array("(ayay)", List.of());

  private Xattributes() {}

  /** The form that is written. */
  public static Variant toVariant(Xattrs xattrs) {
    if (xattrs.isEmpty()) {
      return NONE;
    }
    var sorted = new TreeMap<byte[], byte[]>(Arrays::compareUnsigned);
    xattrs
        .asMap()
        .forEach((name, value) -> sorted.put(name.getBytes(StandardCharsets.UTF_8), value));
    var all = new ArrayList<Variant>();
    sorted.forEach(
        (name, value) ->
            all.add(
                Variant.tuple(
                    Variant.bytes(Arrays.copyOf(name, name.length + 1)), Variant.bytes(value))));
    return Variant.array("(ayay)", all);
  }

  /**
   * Reads them.
   *
   * @throws FormatException if a name has no NUL, is not UTF-8, or is there twice
   */
  public static Xattrs read(Variant variant, String source) throws FormatException {
    var all = new TreeMap<String, byte[]>();
    for (Variant pair : variant) {
      byte[] name = pair.child(0).asBytes();
      if (name.length < 2 || name[name.length - 1] != 0) {
        throw new FormatException(
            source + ": an extended attribute's name does not end in a zero byte");
      }
      if (all.put(text(name, source), pair.child(1).asBytes()) != null) {
        throw new FormatException(
            source + ": the extended attribute " + text(name, source) + " is there twice");
      }
    }
    return Xattrs.of(all);
  }

  private static String text(byte[] name, String source) throws FormatException {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(name, 0, name.length - 1))
              .toString();
      if (text.indexOf('\0') < 0) {
        return text;
      }
    } catch (CharacterCodingException e) {
      // said below
    }
    throw new FormatException(source + ": an extended attribute's name is not plain UTF-8");
  }
}
