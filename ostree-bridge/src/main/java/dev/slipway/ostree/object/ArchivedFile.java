// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.object;

import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantType;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * A file as archive repositories hold it ({@code .filez}): a header with the content's size, then
 * the content in raw deflate.
 *
 * <pre>
 * BE32(length of header) | 00 00 00 00 | header (tuuuusa(ayay)) | raw deflate, nothing for links
 * </pre>
 *
 * @param sizeBytes of the content; 0 for symbolic links
 */
public record ArchivedFile(FileHeader header, long sizeBytes) {
  private static final VariantType TYPE = VariantType.of("(tuuuusa(ayay))");
  private static final int CHUNK_BYTES = 1 << 16;

  /**
   * Writes an object. The stream of the content is read to its end and stays open, and so does the
   * target.
   *
   * @param level of the compression, 1 to 9; ostree's default is 6
   * @throws IOException if the content has another size than announced
   */
  public void write(InputStream content, OutputStream out, int level) throws IOException {
    out.write(header.framedWithSize(sizeBytes));
    if (header.isSymlink()) {
      return;
    }
    // The JDK's deflater, whose output depends on its zlib: no name is made from these bytes.
    var deflater = new Deflater(level, true);
    try {
      var compressed = new DeflaterOutputStream(out, deflater, CHUNK_BYTES);
      long count = content.transferTo(compressed);
      if (count != sizeBytes) {
        throw new IOException("the content has " + count + " bytes, expected " + sizeBytes);
      }
      compressed.finish();
    } finally {
      deflater.end();
    }
  }

  /**
   * Reads the header, and leaves the stream at the compressed content.
   *
   * @param source the object's name in error messages
   */
  public static ArchivedFile readHeader(InputStream in, String source) throws IOException {
    byte[] frame = in.readNBytes(FileHeader.FRAME_BYTES);
    if (frame.length < FileHeader.FRAME_BYTES) {
      throw new FormatException(source + ": ends within the length of its header");
    }
    long length = ByteBuffer.wrap(frame).getInt() & 0xffff_ffffL;
    if (length > FileHeader.BYTES_MAX) {
      throw new FormatException(
          source + ": a header of " + length + " bytes, at most " + FileHeader.BYTES_MAX);
    }
    if (ByteBuffer.wrap(frame).getInt(4) != 0) {
      throw new FormatException(source + ": byte 4: padding that is not zero");
    }
    byte[] header = in.readNBytes((int) length);
    if (header.length < length) {
      throw new FormatException(
          source + ": ends after " + header.length + " of the " + length + " bytes of its header");
    }
    Variant variant = Variant.read(TYPE, header, source);
    long size = Modes.u64(variant.child(0));
    if (size < 0) {
      throw new FormatException(source + ": a size of " + Long.toUnsignedString(size) + " bytes");
    }
    return new ArchivedFile(FileHeader.read(variant, 1, source), size);
  }

  /**
   * The content behind a header that was read. It gives exactly the announced number of bytes or
   * fails, so no compressed bomb becomes larger than it says.
   *
   * @param in behind the header; closed with the content
   */
  public InputStream content(InputStream in, String source) {
    return header.isSymlink()
        ? new NothingMore(in, source)
        : new ContentInflater(new BufferedInputStream(in, CHUNK_BYTES), sizeBytes, source);
  }
}
