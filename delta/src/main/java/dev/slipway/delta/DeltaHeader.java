// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * What a delta says about itself before anything else. Everything that applying needs is here, so
 * that it can be refused before anything is written.
 *
 * @param profile how it was made
 * @param stepBits the binary logarithm of a step's size: the target is checked at the end of each
 * @param sourceBytes how many bytes of the source it was made for
 * @param sourceDigest their digest
 * @param targetBytes how many bytes it makes
 * @param targetDigest their digest
 * @param scratchBytes how much room for temporary files applying needs
 * @param memoryBytes how much memory applying needs beside the dictionaries and a fixed 16 MiB
 * @param dictionaries how much memory each lane's decoder needs
 */
public record DeltaHeader(
    Profile profile,
    int stepBits,
    long sourceBytes,
    Digest sourceDigest,
    long targetBytes,
    Digest targetDigest,
    long scratchBytes,
    long memoryBytes,
    int[] dictionaries) {

  /** As PNG's: a byte no text has, line ends of two kinds, an end of file. */
  private static final byte[] MAGIC = {(byte) 0x89, 'S', 'L', 'D', '\r', '\n', 0x1a, '\n'};

  private static final int VERSION = 1;

  /** A target of more bytes than this is none: the largest file of ext4 has 2^44. */
  private static final long LARGEST = 1L << 46;

  private static final int DICTIONARY_MAX = 1 << 30;
  private static final int LEAST_STEP_BITS = 18;
  private static final int MOST_STEP_BITS = 20;

  /** The length of the written form. */
  static final int BYTES =
      8 + 2 + 1 + 1 + 2 * (8 + Digest.BYTES) + 8 + 8 + 4 * Lanes.COUNT + Integer.BYTES;

  public DeltaHeader {
    dictionaries = dictionaries.clone();
  }

  @Override
  public int[] dictionaries() {
    return dictionaries.clone();
  }

  /** The number of bytes in a step of the target; the last one may have fewer. */
  public int stepBytes() {
    return 1 << stepBits;
  }

  /** All memory that applying needs: the dictionaries, and what is said beside them. */
  public long allMemoryBytes() {
    return memoryBytes + dictionaryBytes();
  }

  /** What the decoders of all lanes need together. */
  long dictionaryBytes() {
    return Arrays.stream(dictionaries).asLongStream().sum();
  }

  byte[] bytes() {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.put(MAGIC);
    buffer.putShort((short) VERSION);
    buffer.put((byte) profile.ordinal());
    buffer.put((byte) stepBits);
    buffer.putLong(sourceBytes).put(sourceDigest.bytes());
    buffer.putLong(targetBytes).put(targetDigest.bytes());
    buffer.putLong(scratchBytes);
    buffer.putLong(memoryBytes);
    for (int dictionary : dictionaries) {
      buffer.putInt(dictionary);
    }
    buffer.putInt(checksum(buffer.array()));
    return buffer.array();
  }

  private static int checksum(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes, 0, BYTES - Integer.BYTES);
    return (int) crc.getValue();
  }

  /**
   * Reads the header that a stream starts with.
   *
   * @param source the input's name in error messages
   */
  public static DeltaHeader read(InputStream in, String source) throws IOException {
    byte[] bytes = in.readNBytes(BYTES);
    if (bytes.length < MAGIC.length || !Arrays.equals(bytes, 0, 8, MAGIC, 0, 8)) {
      throw new FormatException(source + ": is not a delta: it does not start as one");
    }
    if (bytes.length < BYTES) {
      throw new FormatException(
          source + ": the delta ends early, at byte " + bytes.length + " within its header");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(8);
    int version = buffer.getShort();
    if (version != VERSION) {
      throw new FormatException(
          source + ": at byte 8: version: found " + version + ", expected " + VERSION);
    }
    int expected = buffer.getInt(BYTES - Integer.BYTES);
    if (checksum(bytes) != expected) {
      throw new FormatException(
          String.format(
              "%s: header: checksum: found 0x%08x, expected 0x%08x",
              source, checksum(bytes), expected));
    }
    int profile = limited(buffer.get(), Profile.values().length - 1, source, "profile");
    int stepBits = limited(buffer.get(), MOST_STEP_BITS, source, "step");
    if (stepBits < LEAST_STEP_BITS) {
      throw new FormatException(
          source + ": header: step: found " + stepBits + ", expected " + LEAST_STEP_BITS);
    }
    long sourceBytes = limited(buffer.getLong(), LARGEST, source, "source size");
    Digest sourceDigest = digest(buffer);
    long targetBytes = limited(buffer.getLong(), LARGEST, source, "target size");
    Digest targetDigest = digest(buffer);
    long scratchBytes = limited(buffer.getLong(), LARGEST, source, "scratch space");
    long memoryBytes = limited(buffer.getLong(), LARGEST, source, "memory");
    int[] dictionaries = new int[Lanes.COUNT];
    for (int i = 0; i < dictionaries.length; i++) {
      dictionaries[i] = limited(buffer.getInt(), DICTIONARY_MAX, source, "dictionary");
    }
    return new DeltaHeader(
        Profile.values()[profile],
        stepBits,
        sourceBytes,
        sourceDigest,
        targetBytes,
        targetDigest,
        scratchBytes,
        memoryBytes,
        dictionaries);
  }

  private static Digest digest(ByteBuffer buffer) {
    byte[] bytes = new byte[Digest.BYTES];
    buffer.get(bytes);
    return Digest.fromBytes(bytes);
  }

  private static int limited(int value, int most, String source, String field)
      throws FormatException {
    return (int) limited((long) value, most, source, field);
  }

  private static long limited(long value, long most, String source, String field)
      throws FormatException {
    if (value < 0 || value > most) {
      throw new FormatException(
          source
              + ": header: "
              + field
              + ": found "
              + Long.toUnsignedString(value)
              + ", expected at most "
              + most);
    }
    return value;
  }
}
