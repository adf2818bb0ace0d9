// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import dev.slipway.io.FormatException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * GRUB's environment block: the few variables that GRUB and the running system tell each other,
 * because GRUB can overwrite the blocks of a file but cannot write a file system.
 *
 * <pre>
 * # GRUB Environment Block\n      the signature, and the only thing GRUB checks
 * ORDER=A B\n                     name=value; a backslash stands before a backslash or a newline
 * ##########...                   to the end of the 1024 bytes
 * </pre>
 *
 * <p>A value of this type is immutable; variables keep the order they were set in. Whoever writes
 * the bytes to a disk must overwrite them in place: no truncation, no renaming, so that a power cut
 * leaves the old block or the new one. {@link #fitsOneSector} tells whether that is certain.
 */
public final class GrubEnvironment {
  /** The size of a block. */
  public static final int BYTES = 1024;

  /** The unit a disk writes as a whole. Our own variables stay within the first of them. */
  public static final int SECTOR_BYTES = 512;

  /** Which slots are tried, in this order, between spaces. */
  public static final String ORDER = "ORDER";

  /** A digit that changes at every boot and so tells the disk that was booted from its clone. */
  public static final String BOOT_MARK = "BOOT_MARK";

  private static final String SIGNATURE = "# GRUB Environment Block\n";
  private static final byte PADDING = '#';

  private final Map<String, String> variables;

  private GrubEnvironment(Map<String, String> variables) {
    this.variables = Collections.unmodifiableMap(variables);
  }

  /** A block without variables. */
  public static GrubEnvironment empty() {
    return new GrubEnvironment(new LinkedHashMap<>());
  }

  /**
   * Reads a block. It must have exactly 1024 bytes, the signature, and nothing that we could not
   * write: an update must not carry a damaged block on.
   *
   * @param source the block's name in error messages
   */
  public static GrubEnvironment read(String source, byte[] block) throws FormatException {
    if (block.length != BYTES) {
      throw new FormatException(
          source + ": size: found " + block.length + " bytes, expected " + BYTES);
    }
    byte[] signature = SIGNATURE.getBytes(StandardCharsets.US_ASCII);
    if (!Arrays.equals(signature, 0, signature.length, block, 0, signature.length)) {
      throw new FormatException(
          source + ": byte 0: signature: expected \"" + SIGNATURE.strip() + "\" and a newline");
    }
    return new Reader(source, block, signature.length).read();
  }

  /** The value of a variable. */
  public Optional<String> get(String name) {
    return Optional.ofNullable(variables.get(name));
  }

  /** All variables in the order they stand in the block. */
  public Map<String, String> variables() {
    return variables;
  }

  /** This block with one variable set: in its old place, or behind all others. */
  public GrubEnvironment with(String name, String value) {
    requireName(name);
    requireValue(name, value);
    var changed = new LinkedHashMap<>(variables);
    changed.put(name, value);
    return new GrubEnvironment(changed);
  }

  /** This block without a variable. */
  public GrubEnvironment without(String name) {
    var changed = new LinkedHashMap<>(variables);
    changed.remove(name);
    return new GrubEnvironment(changed);
  }

  /**
   * The 1024 bytes.
   *
   * @throws IllegalArgumentException when the variables do not fit
   */
  public byte[] bytes() {
    byte[] text = text();
    if (text.length > BYTES) {
      throw new IllegalArgumentException(
          "the variables need "
              + text.length
              + " bytes, an environment block holds "
              + BYTES
              + "; remove some: "
              + variables.keySet());
    }
    byte[] block = Arrays.copyOf(text, BYTES);
    Arrays.fill(block, text.length, BYTES, PADDING);
    return block;
  }

  /** Whether all variables lie in the first sector, which a disk writes whole or not at all. */
  public boolean fitsOneSector() {
    return text().length <= SECTOR_BYTES;
  }

  private byte[] text() {
    var out = new ByteArrayOutputStream();
    out.writeBytes(SIGNATURE.getBytes(StandardCharsets.US_ASCII));
    variables.forEach(
        (name, value) -> {
          String escaped = value.replace("\\", "\\\\").replace("\n", "\\\n");
          out.writeBytes((name + "=" + escaped + "\n").getBytes(StandardCharsets.UTF_8));
        });
    return out.toByteArray();
  }

  private static void requireName(String name) {
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw new IllegalArgumentException(
          "a variable's name has letters, digits and underscores: \"" + name + "\"");
    }
  }

  private static void requireValue(String name, String value) {
    if (value.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
      throw new IllegalArgumentException(name + ": a value is text without NUL");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GrubEnvironment that && Arrays.equals(text(), that.text());
  }

  @Override
  public int hashCode() {
    return variables.hashCode();
  }

  @Override
  public String toString() {
    return variables.toString();
  }

  /** Walks over the lines behind the signature. */
  private static final class Reader {
    private final String source;
    private final byte[] block;
    private int at;

    Reader(String source, byte[] block, int at) {
      this.source = source;
      this.block = block;
      this.at = at;
    }

    GrubEnvironment read() throws FormatException {
      var found = new LinkedHashMap<String, String>();
      while (at < block.length) {
        int start = at;
        if (block[at] == PADDING) {
          if (isPaddingToTheEnd()) {
            break;
          }
          comment(start);
        } else {
          variable(found, start);
        }
      }
      return new GrubEnvironment(found);
    }

    private boolean isPaddingToTheEnd() {
      for (int i = at; i < block.length; i++) {
        if (block[i] != PADDING) {
          return false;
        }
      }
      return true;
    }

    /** Newer tools put a warning behind the signature; it is theirs to write, and not kept. */
    private void comment(int start) throws FormatException {
      while (at < block.length && block[at] != '\n') {
        at++;
      }
      endOfLine(start);
    }

    private void variable(Map<String, String> found, int start) throws FormatException {
      int equals = at;
      while (equals < block.length && block[equals] != '=' && block[equals] != '\n') {
        equals++;
      }
      if (equals == block.length || block[equals] != '=') {
        throw error(start, "expected name=value");
      }
      String name = text(Arrays.copyOfRange(block, start, equals), start);
      if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
        throw error(start, "not a name: \"" + name + "\"");
      }
      var value = new ByteArrayOutputStream();
      at = equals + 1;
      while (at < block.length && block[at] != '\n') {
        if (block[at] == '\\') {
          at++;
        }
        if (at < block.length) {
          value.write(block[at]);
          at++;
        }
      }
      endOfLine(start);
      if (found.put(name, text(value.toByteArray(), start)) != null) {
        throw error(start, name + " stands there twice");
      }
    }

    private void endOfLine(int start) throws FormatException {
      if (at >= block.length) {
        throw error(start, "the line has no end");
      }
      at++;
    }

    private String text(byte[] raw, int start) throws FormatException {
      String text = new String(raw, StandardCharsets.UTF_8);
      if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), raw) || text.indexOf('\0') >= 0) {
        throw error(start, "not UTF-8 text");
      }
      return text;
    }

    private FormatException error(int offset, String message) {
      return new FormatException(source + ": byte " + offset + ": " + message);
    }
  }
}
