// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * A sequence of OpenPGP packets, cut apart by their headers only (RFC 9580, 4.2), so that one
 * packet that nobody can read does not hide the others.
 */
final class Packets {
  static final int SIGNATURE = 2;
  static final int PUBLIC_KEY = 6;
  static final int MARKER = 10;
  static final int TRUST = 12;
  static final int PADDING = 21;

  /**
   * One packet.
   *
   * @param offset of its header in the input
   * @param bytes header and body
   */
  record Packet(int tag, int offset, byte[] bytes) {}

  private final String source;
  private final byte[] input;
  private int at;

  private Packets(String source, byte[] input) {
    this.source = source;
    this.input = input;
  }

  static List<Packet> split(byte[] input, String source) throws FormatException {
    var reader = new Packets(source, input);
    var packets = new ArrayList<Packet>();
    while (reader.at < input.length) {
      packets.add(reader.packet());
    }
    return packets;
  }

  private Packet packet() throws FormatException {
    int start = at;
    int header = u8("packet header");
    if ((header & 0b1000_0000) == 0) {
      throw error(start, "no OpenPGP packet begins with 0x" + Integer.toHexString(header));
    }
    boolean current = (header & 0b0100_0000) != 0;
    int tag = current ? header & 0b0011_1111 : (header & 0b0011_1100) >> 2;
    long length = current ? currentLength() : oldLength(header & 0b11);
    if (length > input.length - at) {
      throw error(
          start,
          "packet of "
              + length
              + " bytes, but only "
              + (input.length - at)
              + " follow: the input is cut off");
    }
    at += (int) length;
    byte[] bytes = new byte[at - start];
    System.arraycopy(input, start, bytes, 0, bytes.length);
    return new Packet(tag, start, bytes);
  }

  private long currentLength() throws FormatException {
    int first = u8("packet length");
    if (first < 192) {
      return first;
    }
    if (first < 224) {
      return 192L + ((first - 192L) << 8) + u8("packet length");
    }
    if (first < 255) {
      throw error(at - 1, "a packet of partial lengths holds neither a key nor a signature");
    }
    return number(4);
  }

  private long oldLength(int type) throws FormatException {
    if (type == 3) {
      throw error(at - 1, "a packet of indeterminate length holds neither a key nor a signature");
    }
    return number(1 << type);
  }

  private long number(int bytes) throws FormatException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = (value << 8) | u8("packet length");
    }
    return value;
  }

  private int u8(String field) throws FormatException {
    if (at >= input.length) {
      throw error(at, field + ": the input ends here");
    }
    return input[at++] & 0xff;
  }

  private FormatException error(int offset, String message) {
    return new FormatException(source + ": byte " + offset + ": " + message);
  }
}
