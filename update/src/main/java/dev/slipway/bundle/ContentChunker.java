// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;

/**
 * Cuts a stream where its contents say so, exactly as casync does, so that a chunk that stays the
 * same from release to release stays the same file in a store.
 *
 * <p>A sum over the last 48 bytes rolls along (buzhash); where its remainder has one certain value,
 * on average after 64 KiB, a chunk ends. None is shorter than 16 KiB but the last, none longer than
 * 256 KiB.
 */
final class ContentChunker {
  static final int MIN_BYTES = 16 << 10;
  static final int AVERAGE_BYTES = 64 << 10;
  static final int MAX_BYTES = 256 << 10;

  private static final int WINDOW_BYTES = 48;

  /** What casync computes for an average of 64 KiB. */
  private static final int DISCRIMINATOR = 49_535;

  /** The constants of the hash, 32 bits for each value of a byte: part of the format. */
  private static final String CONSTANTS =
      """
      458be752c10748ccfbbcdbb86ded5b68b10a82b520d75648dfc5665fa8428801
      7ebf5191841135c765cc53b3280a597c16f60255c78cbc3e294415f5b938d494
      ec85c4e6b7d33edce549b544fdeda5aa882bf2873116737c05569956e8cc1f68
      0806ac5e22a1444315297e1050d090e74ba60f6fefd9f1a75c5c885c82482f93
      9bfd7c640b3e7276f2688e778fad8abcb0509568f1ada29fa53efdfecb2b1d00
      f2a9e9866463432b950940515a223ad29be8401b61e579cb1a556a145840fdc2
      9261ddf6cde002bb52432bb0bf17373e7b7c222f2955ed169f10ca59e840c4c9
      ccabd80614543f341462417a0d4a1f9c087ed925d7f8f24c7338c425cf86c8f5
      b19165cd9891c393325384ac0308459d86141d7ec922116ae2ffa6b653f52aed
      2cd86197f5b9f498bf319c8fe0411fae977eb18cd87709769833466ac674df7f
      8c297d458ca48d26c49ed8e27344f874556f79c76b25eaeda03e2b42f68f66a4
      8e8b09a2f2e0e62a0d3a98069729e4938c72b0fc160b94f6450e4d3d7a320e85
      bef8f0e121d736534e3d977a1e7b39291cc6c719be478d538d752809e6d8c2c6
      275f0892c8acc2734cc21580ecc4a617f5f7be70e795248a375a2fe9425570b6
      8898dcf8dc2d97c40106114b364dc22f1e0cad1fbe63803c5f69fac24d5afa6f
      1bc0dfb5fb2735890ea47f7b3c1c2b5021b2a9326b1223fd2fe706a8f9bd6ce2
      a268e64ee987f4863eacf5631ca2018c65e182282207360a57cf171534c37d2b
      1f8f3cde93b657cf31a019fde69eb7298bca7b9b4c9d5bed277ebeafe0d8f8ae
      d150821c31381871afc3f1b0927db328e95effac305a47bd426ba35b1233af3f
      686a5b8350e072e5d9d3bb2a8befc475487f0de6c88dff89bd664d5e971b5d18
      63b14847d7d3c1ce7f583cf372cbcb09c0d0a81c7fa3429be9158a1b225ea19a
      d8ca9ea3c763b282bb0c6341020b8293d4cd299d58cfa7f891b4ee5337e4d140
      95ec764c30f76b065ee68d24679c8661a41979c2f2b612844fac14750adb49f9
      19727a2315a7e374c43a18d53fb1aa73342fc615924c0793bee2d7f08a279de9
      4aa2d70ce24dd37fbe862c0b177c22c25388e5eecd8a7510f901b4fddbc13dbc
      6c0bae5b64efe8c748b0207980331a49ca3d8ae6f3546190fed7108bc49b941b
      32baf4a9eb833a4a88a3f1a53a91ce0a3cc27da17112e6844a3096b13794574c
      a3c8b6f31d2139416e0a2e00233479f10f4cd82f6093edd25d7d209e464fe319
      d4dcac9e0db845cbfb5e4bc3e0256ce109fb4ed10914be1ea5bdb2c3c6eb57bb
      303203503f397e91a67791bc86bc0e2cefa0a7e2e9ff7543e733612cd185897b
      329e538891dd236b2ecb0d93f4d82a3d35b5c03fe4e606f005b2184337b45964
      5eff22f46027f4cc77178b3cae5071317bf7cabcf9c18d66593ade65d95ddf11
      """;

  private static final int[] ENTERING = new int[256];

  /** The same, turned as far as a byte has come when it leaves the window. */
  private static final int[] LEAVING = new int[256];

  static {
    String digits = CONSTANTS.replace("\n", "");
    for (int i = 0; i < ENTERING.length; i++) {
      ENTERING[i] = HexFormat.fromHexDigits(digits, 8 * i, 8 * i + 8);
      LEAVING[i] = Integer.rotateLeft(ENTERING[i], WINDOW_BYTES);
    }
  }

  /**
   * Takes a chunk, which lies in {@code bytes} up to {@code length}, for as long as it is called.
   */
  @FunctionalInterface
  interface Receiver {
    void take(byte[] bytes, int length) throws IOException;
  }

  private ContentChunker() {}

  static void cut(InputStream in, Receiver receiver) throws IOException {
    byte[] buffer = new byte[MAX_BYTES];
    int filled = in.readNBytes(buffer, 0, MAX_BYTES);
    while (filled > 0) {
      int length = end(buffer, filled);
      receiver.take(buffer, length);
      System.arraycopy(buffer, length, buffer, 0, filled - length);
      filled -= length;
      filled += in.readNBytes(buffer, filled, MAX_BYTES - filled);
    }
  }

  /**
   * How long the chunk is that starts a buffer, which holds the largest chunk or all that is left.
   */
  private static int end(byte[] buffer, int filled) {
    if (filled <= MIN_BYTES) {
      return filled;
    }
    int hash = 0;
    for (int i = MIN_BYTES - WINDOW_BYTES; i < MIN_BYTES; i++) {
      hash = Integer.rotateLeft(hash, 1) ^ ENTERING[buffer[i] & 0xff];
    }
    int end = MIN_BYTES;
    while (end < filled && Integer.remainderUnsigned(hash, DISCRIMINATOR) != DISCRIMINATOR - 1) {
      hash =
          Integer.rotateLeft(hash, 1)
              ^ LEAVING[buffer[end - WINDOW_BYTES] & 0xff]
              ^ ENTERING[buffer[end] & 0xff];
      end++;
    }
    return end;
  }
}
