// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.coding.Numbers;
import dev.slipway.delta.member.Member;
import dev.slipway.delta.member.MemberKind;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands before the first op: the members of the source whose plain text is copied from, and
 * what the models of code have in common.
 *
 * <pre>
 *   lengths   count, { offset - end of the one before, length, kind, plain length }, length of the context
 *   sides     { CRC-32C of the plain text (4, big-endian) }, context
 * </pre>
 */
record Prologue(List<Opened> members, byte[] context) {

  /** A member of the source and the checksum of its plain text. */
  record Opened(Member member, int checksum) {}

  void write(OutputStream lengths, OutputStream sides) throws IOException {
    Numbers.write(lengths, members.size());
    long at = 0;
    for (Opened opened : members) {
      Member member = opened.member;
      Numbers.write(lengths, member.offset() - at);
      Numbers.write(lengths, member.length());
      Numbers.write(lengths, member.kind().ordinal());
      Numbers.write(lengths, member.plainLength());
      sides.write(ByteBuffer.allocate(Integer.BYTES).putInt(opened.checksum).array());
      at = member.end();
    }
    Numbers.write(lengths, context.length);
    sides.write(context);
  }

  static Prologue read(InputStream lengths, InputStream sides, DeltaHeader header)
      throws IOException {
    long count = Numbers.read(lengths, header.sourceBytes(), "number of members");
    var members = new ArrayList<Opened>();
    long at = 0;
    long plain = 0;
    for (long i = 0; i < count; i++) {
      long offset = at + Numbers.read(lengths, header.sourceBytes() - at, "offset of a member");
      long length = Numbers.read(lengths, header.sourceBytes() - offset, "length of a member");
      int kind = (int) Numbers.read(lengths, MemberKind.values().length - 1, "kind of a member");
      long plainLength =
          Numbers.read(lengths, header.scratchBytes() - plain, "length of a plain text");
      if (length == 0) {
        throw new FormatException("length of a member: found 0, expected more");
      }
      byte[] checksum = sides.readNBytes(Integer.BYTES);
      members.add(
          new Opened(
              new Member(offset, length, MemberKind.values()[kind], plainLength),
              ByteBuffer.wrap(checksum).getInt()));
      at = offset + length;
      plain += plainLength;
    }
    int length = (int) Numbers.read(lengths, OpReader.SIDE_MAX, "length of the context");
    return new Prologue(members, sides.readNBytes(length));
  }
}
