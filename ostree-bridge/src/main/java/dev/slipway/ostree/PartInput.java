// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.codec.Codec;
import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.DeltaSuperblock.Part;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantType;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;

/**
 * A part's payload, unpacked into a file and divided: see {@link PartBuilder} for what it holds.
 * Only modes, attributes and operations come into memory.
 */
final class PartInput implements Closeable {
  private static final VariantType MODES = VariantType.of("a(uuu)");
  private static final VariantType ATTRIBUTES = VariantType.of("aa(ayay)");

  /** Modes and attributes are few; Linux has no more than 64 KiB of the latter for a file. */
  private static final int TABLE_BYTES_MAX = 16 << 20;

  private final String source;
  private final Path file;
  private final BlockSource payload;
  private final Variant modes;
  private final Variant attributes;
  private final BlockSource data;
  private final byte[] operations;

  private PartInput(
      String source,
      Path file,
      BlockSource payload,
      Variant modes,
      Variant attributes,
      BlockSource data,
      byte[] operations) {
    this.source = source;
    this.file = file;
    this.payload = payload;
    this.modes = modes;
    this.attributes = attributes;
    this.data = data;
    this.operations = operations;
  }

  /**
   * Opens a part.
   *
   * @param in the part's file; closed by this
   * @param directory for the unpacked payload
   */
  static PartInput open(
      InputStream in, Part part, DeltaLimits limits, Path directory, String source)
      throws IOException {
    Path file = Files.createTempFile(directory, "part", ".payload");
    BlockSource payload = null;
    try {
      unpack(in, part, limits, file, source);
      payload = BlockSource.file(file);
      return divide(payload, file, limits, source);
    } catch (IOException | RuntimeException e) {
      if (payload != null) {
        payload.close();
      }
      Files.deleteIfExists(file);
      throw e;
    }
  }

  private static void unpack(
      InputStream raw, Part part, DeltaLimits limits, Path file, String source) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    try (var in =
            new DigestInputStream(
                new BufferedInputStream(new Exactly(raw, part.sizeBytes(), source), 1 << 16),
                sha256);
        OutputStream out = Files.newOutputStream(file)) {
      int mark = in.read();
      Codec codec =
          switch (mark) {
            case PartFile.XZ_MARK -> Codec.XZ;
            case PartFile.PLAIN_MARK -> Codec.NONE;
            default ->
                throw new FormatException(
                    source + ": byte 0: compression " + mark + ", expected 'x' or 0");
          };
      try {
        codec.decode(in, source, limits.payloadBytes()).transferTo(out);
      } catch (FormatException e) {
        // what is wrong with a download is better said by its checksum
        in.transferTo(OutputStream.nullOutputStream());
        requireChecksum(sha256, part, source);
        throw e;
      }
      in.transferTo(OutputStream.nullOutputStream());
    }
    requireChecksum(sha256, part, source);
  }

  private static void requireChecksum(MessageDigest sha256, Part part, String source)
      throws FormatException {
    Digest found = Digest.finish(sha256);
    if (!found.equals(part.checksum())) {
      throw new FormatException(
          source + ": checksum: found " + found + ", expected " + part.checksum());
    }
  }

  private static PartInput divide(BlockSource payload, Path file, DeltaLimits limits, String source)
      throws IOException {
    long size = payload.size();
    int width = size > 0xffff_ffffL ? 8 : size > 0xffff ? 4 : size > 0xff ? 2 : 1;
    long body = size - 3L * width;
    if (body < 0) {
      throw new FormatException(source + ": a payload of " + size + " bytes has no room for ends");
    }
    byte[] ends = payload.readFully(body, 3 * width);
    long dataEnd = end(ends, 0, width);
    long attributesEnd = end(ends, width, width);
    long modesEnd = end(ends, 2 * width, width);
    if (modesEnd < 0 || modesEnd > attributesEnd || attributesEnd > dataEnd || dataEnd > body) {
      throw new FormatException(
          source
              + ": members end at "
              + modesEnd
              + ", "
              + attributesEnd
              + " and "
              + dataEnd
              + " of "
              + body
              + " bytes");
    }
    byte[] modes = table(payload, 0, modesEnd, TABLE_BYTES_MAX, source + ": modes");
    byte[] attributes =
        table(payload, modesEnd, attributesEnd, TABLE_BYTES_MAX, source + ": attributes");
    byte[] operations =
        table(payload, dataEnd, body, limits.operationBytes(), source + ": operations");
    return new PartInput(
        source,
        file,
        payload,
        Variant.read(MODES, modes, source + ": modes"),
        Variant.read(ATTRIBUTES, attributes, source + ": attributes"),
        payload.slice(attributesEnd, dataEnd - attributesEnd),
        operations);
  }

  private static long end(byte[] ends, int at, int width) {
    long value = 0;
    for (int i = width - 1; i >= 0; i--) {
      value = value << 8 | ends[at + i] & 0xff;
    }
    return value;
  }

  private static byte[] table(BlockSource in, long from, long to, int max, String what)
      throws IOException {
    if (to - from > max) {
      throw new FormatException(what + ": " + (to - from) + " bytes, at most " + max);
    }
    return in.readFully(from, (int) (to - from));
  }

  byte[] operations() {
    return operations;
  }

  long dataBytes() {
    return data.size();
  }

  /** Owner, group or mode (0, 1, 2) of a row of the table. */
  long mode(long row, int field) throws FormatException {
    long stored = row(modes, row, "mode").child(field).asLong();
    return Integer.reverseBytes((int) stored) & 0xffff_ffffL;
  }

  /** A set of extended attributes. */
  Variant attributes(long row) throws FormatException {
    return row(attributes, row, "set of attributes");
  }

  private Variant row(Variant table, long row, String what) throws FormatException {
    if (row < 0 || row >= table.size()) {
      throw new FormatException(
          source + ": " + what + " " + Long.toUnsignedString(row) + ", there are " + table.size());
    }
    return table.child((int) row);
  }

  /** A small piece of the data. */
  byte[] data(long offset, long length, int max) throws IOException {
    requireWithin(offset, length);
    if (length > max) {
      throw new FormatException(source + ": " + length + " bytes, expected at most " + max);
    }
    return data.readFully(offset, (int) length);
  }

  /** A piece of the data as a stream. */
  InputStream stream(long offset, long length) throws IOException {
    requireWithin(offset, length);
    return new BufferedInputStream(data.stream(offset, length), 1 << 16);
  }

  void requireWithin(long offset, long length) throws FormatException {
    if (offset < 0 || length < 0 || offset > data.size() || length > data.size() - offset) {
      throw new FormatException(
          source
              + ": bytes "
              + Long.toUnsignedString(offset)
              + " + "
              + Long.toUnsignedString(length)
              + " of the data, which has "
              + data.size());
    }
  }

  @Override
  public void close() throws IOException {
    payload.close();
    Files.deleteIfExists(file);
  }

  /** Gives exactly as many bytes as were announced, or fails. */
  private static final class Exactly extends InputStream {
    private final InputStream in;
    private final long wanted;
    private final String source;
    private long left;

    Exactly(InputStream in, long wanted, String source) {
      this.in = in;
      this.wanted = wanted;
      this.left = wanted;
      this.source = source;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (left == 0) {
        if (in.read() >= 0) {
          throw new FormatException(source + ": is longer than the " + wanted + " bytes announced");
        }
        return -1;
      }
      int count = in.read(target, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new FormatException(
            source + ": ends after " + (wanted - left) + " of " + wanted + " bytes");
      }
      left -= count;
      return count;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
