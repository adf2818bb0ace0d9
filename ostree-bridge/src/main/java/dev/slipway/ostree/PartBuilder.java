// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.object.FileHeader;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.Xattributes;
import dev.slipway.tree.Xattrs;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A part of a static delta while it is put together. Its data goes to a file, so that its size
 * costs no memory.
 *
 * <pre>
 * payload (a(uuu)aa(ayay)ayay):
 *   modes        owner, group, mode of files, each different one once
 *   attributes   sets of extended attributes, each different one once
 *   data         what operations copy from
 *   operations   a letter, then numbers of 7 bits a byte, the lowest first
 * </pre>
 */
final class PartBuilder implements Closeable {
  /** Owner, group and mode. */
  private record Mode(long uid, long gid, int mode) {}

  private final Path file;
  private final OutputStream data;
  private final Map<Mode, Integer> modes = new LinkedHashMap<>();
  private final Map<Xattrs, Integer> attributes = new LinkedHashMap<>();
  private final ByteArrayOutputStream operations = new ByteArrayOutputStream();
  private final List<ObjectName> objects = new ArrayList<>();
  private long dataBytes;
  private long objectBytes;

  /** Puts its data into a new file of a directory. */
  PartBuilder(Path directory) throws IOException {
    file = Files.createTempFile(directory, "delta", ".data");
    data = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
  }

  long dataBytes() {
    return dataBytes;
  }

  long objectBytes() {
    return objectBytes;
  }

  boolean isEmpty() {
    return objects.isEmpty();
  }

  List<ObjectName> objects() {
    return objects;
  }

  /** A dirtree or dirmeta. */
  void metadata(ObjectName name, byte[] bytes) throws IOException {
    long at = add(bytes);
    operations.write('S');
    number(bytes.length);
    number(at);
    made(name, bytes.length);
  }

  /** A file or link, whole. */
  void whole(Digest checksum, FileHeader header, byte[] content) throws IOException {
    long at = add(content);
    whole(checksum, header, content.length, at);
  }

  /** A large file, whole. */
  void whole(Digest checksum, FileHeader header, long sizeBytes, InputStream content)
      throws IOException {
    long at = dataBytes;
    long count = content.transferTo(data);
    dataBytes += count;
    if (count != sizeBytes) {
      throw new IOException(checksum + ".file has " + count + " bytes, expected " + sizeBytes);
    }
    whole(checksum, header, sizeBytes, at);
  }

  private void whole(Digest checksum, FileHeader header, long size, long at) {
    operations.write('S');
    number(mode(header));
    number(attributes(header));
    number(size);
    number(at);
    made(ObjectName.file(checksum), size);
  }

  /** A file made by a bsdiff patch of another one. */
  void patched(Digest checksum, FileHeader header, long sizeBytes, Digest source, byte[] patch)
      throws IOException {
    open(header, sizeBytes, source);
    long at = add(patch);
    operations.write('B');
    number(at);
    number(patch.length);
    close(checksum, sizeBytes);
  }

  /** A file made of pieces of another one and of new bytes. */
  void copied(Digest checksum, FileHeader header, Digest source, RollingCopies.Result pieces)
      throws IOException {
    long sourceName = open(header, pieces.sizeBytes(), source);
    boolean reading = true;
    for (RollingCopies.Piece piece : pieces.pieces()) {
      if (piece.copied() != reading) {
        reading = piece.copied();
        operations.write(reading ? 'r' : 'R');
        if (reading) {
          number(sourceName);
        }
      }
      long at = piece.offset();
      if (!piece.copied()) {
        at = dataBytes;
        try (InputStream in = pieces.added(piece)) {
          dataBytes += in.transferTo(data);
        }
      }
      operations.write('w');
      number(piece.length());
      number(at);
    }
    close(checksum, pieces.sizeBytes());
  }

  /** Starts a file that is made from another one. Gives where the other one's name lies. */
  private long open(FileHeader header, long sizeBytes, Digest source) throws IOException {
    long name = add(source.bytes());
    operations.write('r');
    number(name);
    operations.write('o');
    number(mode(header));
    number(attributes(header));
    number(sizeBytes);
    return name;
  }

  private void close(Digest checksum, long sizeBytes) {
    operations.write('c');
    made(ObjectName.file(checksum), sizeBytes);
  }

  private void made(ObjectName name, long size) {
    objects.add(name);
    objectBytes += size;
  }

  private long add(byte[] bytes) throws IOException {
    long at = dataBytes;
    data.write(bytes);
    dataBytes += bytes.length;
    return at;
  }

  private void number(long value) {
    long rest = value;
    while (rest >= 0x80) {
      operations.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    operations.write((int) rest);
  }

  private int mode(FileHeader header) {
    var mode = new Mode(header.metadata().uid(), header.metadata().gid(), header.mode());
    return modes.computeIfAbsent(mode, m -> modes.size());
  }

  private int attributes(FileHeader header) {
    return attributes.computeIfAbsent(header.metadata().xattrs(), x -> attributes.size());
  }

  /** Writes the payload. Nothing may be added afterwards. */
  void writeTo(OutputStream out) throws IOException {
    if (dataBytes == 0) {
      add(new byte[1]); // ostree 2022.7 fails on an empty file in a part without any data
    }
    data.flush();
    byte[] modeBytes = modeBytes();
    byte[] attributeBytes = attributeBytes();
    out.write(modeBytes);
    out.write(attributeBytes);
    Files.copy(file, out);
    operations.writeTo(out);
    long modesEnd = modeBytes.length;
    long attributesEnd = modesEnd + attributeBytes.length;
    long dataEnd = attributesEnd + dataBytes;
    int width = offsetWidth(dataEnd + operations.size());
    for (long end : new long[] {dataEnd, attributesEnd, modesEnd}) {
      for (int i = 0; i < width; i++) {
        out.write((int) (end >>> (8 * i)));
      }
    }
  }

  /** How large the payload is, or a few bytes less. */
  long payloadBytesMax() {
    return modeBytes().length
        + attributeBytes().length
        + Math.max(dataBytes, 1)
        + operations.size()
        + 3L * Long.BYTES;
  }

  private byte[] modeBytes() {
    return Variant.array(
            "(uuu)",
            modes.keySet().stream()
                .map(m -> Variant.tuple(big(m.uid()), big(m.gid()), big(m.mode())))
                .toList())
        .toBytes();
  }

  private byte[] attributeBytes() {
    return Variant.array(
            "a(ayay)", attributes.keySet().stream().map(Xattributes::toVariant).toList())
        .toBytes();
  }

  private static Variant big(long value) {
    return Variant.u32(Integer.reverseBytes((int) value));
  }

  private static int offsetWidth(long body) {
    int width = 1;
    while (width < 8 && body + 3L * width > (1L << (8 * width)) - 1) {
      width *= 2;
    }
    return width;
  }

  @Override
  public void close() throws IOException {
    data.close();
    Files.deleteIfExists(file);
  }
}
