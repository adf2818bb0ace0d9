// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32;

/** The check of an .xz block's plain text. */
final class XzCheck {
  private static final int NONE = 0;
  private static final int CRC32_CHECK = 1;
  private static final int CRC64_CHECK = 4;
  private static final int SHA256_CHECK = 10;

  private static final long CRC64_POLYNOMIAL = 0xc96c5795d7870f42L;
  private static final long[] CRC64_TABLE = new long[256];

  static {
    for (int i = 0; i < CRC64_TABLE.length; i++) {
      long value = i;
      for (int bit = 0; bit < 8; bit++) {
        value = value >>> 1 ^ CRC64_POLYNOMIAL & -(value & 1);
      }
      CRC64_TABLE[i] = value;
    }
  }

  private final int kind;
  private final CRC32 crc32 = new CRC32();
  private final MessageDigest sha256;
  private long crc64 = -1;

  XzCheck(int kind) {
    this.kind = kind;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static boolean known(int kind) {
    return kind == NONE || kind == CRC32_CHECK || kind == CRC64_CHECK || kind == SHA256_CHECK;
  }

  void update(byte[] bytes, int offset, int length) {
    switch (kind) {
      case CRC32_CHECK -> crc32.update(bytes, offset, length);
      case SHA256_CHECK -> sha256.update(bytes, offset, length);
      case CRC64_CHECK -> {
        long crc = crc64;
        for (int i = offset; i < offset + length; i++) {
          crc = crc >>> 8 ^ CRC64_TABLE[(int) (crc ^ bytes[i]) & 0xff];
        }
        crc64 = crc;
      }
      default -> {
        // no check
      }
    }
  }

  /** The check of all bytes; the next block starts afresh. */
  byte[] finish() {
    byte[] result =
        switch (kind) {
          case CRC32_CHECK -> little(crc32.getValue(), Integer.BYTES);
          case CRC64_CHECK -> little(~crc64, Long.BYTES);
          case SHA256_CHECK -> sha256.digest();
          default -> new byte[0];
        };
    crc32.reset();
    crc64 = -1;
    return result;
  }

  static byte[] little(long value, int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (value >>> Byte.SIZE * i);
    }
    return bytes;
  }
}
