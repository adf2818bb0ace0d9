// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.io.FormatException;
import dev.slipway.tree.Content.Range;
import dev.slipway.tree.TarEntries.Errors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the data of a regular file lies. GNU tar has written maps of holes in four ways: in the
 * header itself (type {@code S}), in repeated records (0.0), in one record (0.1), and as text in
 * front of the data (1.0).
 *
 * @see <a href="https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html">Sparse</a>
 */
record TarSparse(long sizeBytes, List<Range> data) {
  private static final int RANGES_MAX = 1 << 18;
  private static final int HEADER_RANGES = 4;
  private static final int EXTENSION_RANGES = 21;

  /** Whether the file has no holes. */
  boolean isWhole() {
    return sizeBytes == 0 || (data.size() == 1 && data.get(0).length() == sizeBytes);
  }

  /**
   * Finds the map, taking from the input what of it lies in front of the data.
   *
   * @param stored how many bytes the archive holds for the entry
   */
  static TarSparse of(
      TarHeader header, TarExtensions extensions, TarInput in, long stored, Errors errors)
      throws IOException {
    var map = new Map(errors);
    Optional<Long> size = extensions.number("GNU.sparse.realsize");
    if (size.isEmpty()) {
      size = extensions.number("GNU.sparse.size");
    }
    if (header.type() == 'S') {
      map.readHeader(header, in, stored);
      return map.end(header.realSize(), stored);
    }
    if (extensions.text("GNU.sparse.major").orElse("").equals("1")) {
      long mapBytes = map.readText(in, stored);
      return map.end(sizeOf(size, errors), stored - mapBytes);
    }
    Optional<String> joined = extensions.text("GNU.sparse.map");
    if (joined.isPresent()) {
      map.addAll(List.of(joined.get().split(",")), extensions);
      return map.end(sizeOf(size, errors), stored);
    }
    if (!extensions.sparseMap().isEmpty() || size.isPresent()) {
      map.addAll(extensions.sparseMap(), extensions);
      return map.end(sizeOf(size, errors), stored);
    }
    return new TarSparse(stored, stored == 0 ? List.of() : List.of(new Range(0, stored)));
  }

  private static long sizeOf(Optional<Long> size, Errors errors) throws FormatException {
    if (size.isEmpty()) {
      throw errors.error("a sparse file without its size");
    }
    return size.get();
  }

  /** The map being read. */
  private static final class Map {
    private final Errors errors;
    private final List<Range> ranges = new ArrayList<>();
    private long end;
    private long dataBytes;

    Map(Errors errors) {
      this.errors = errors;
    }

    void add(long offset, long length) throws FormatException {
      if (length == 0) {
        return; // marks the file's end when that is a hole
      }
      if (offset < end || length > Long.MAX_VALUE - offset || ranges.size() == RANGES_MAX) {
        throw errors.error("sparse map: " + offset + " + " + length + " is out of order");
      }
      ranges.add(new Range(offset, length));
      end = offset + length;
      dataBytes += length;
    }

    void addAll(List<String> numbers, TarExtensions extensions) throws FormatException {
      if (numbers.size() % 2 != 0) {
        throw errors.error("sparse map: " + numbers.size() + " numbers are not pairs");
      }
      for (int i = 0; i < numbers.size(); i += 2) {
        add(
            extensions.number("sparse map", numbers.get(i)),
            extensions.number("sparse map", numbers.get(i + 1)));
      }
    }

    void readHeader(TarHeader header, TarInput in, long stored) throws IOException {
      for (int i = 0; i < HEADER_RANGES; i++) {
        add(header.sparseOffset(i), header.sparseBytes(i));
      }
      boolean more = header.isExtended();
      in.entry(0);
      while (more) {
        in.entry(TarInput.BLOCK_BYTES);
        byte[] block = in.readExactly(TarInput.BLOCK_BYTES);
        for (int i = 0; i < EXTENSION_RANGES; i++) {
          long offset = TarHeader.number(block, 24 * i, 12, "sparse offset", errors);
          long length = TarHeader.number(block, 24 * i + 12, 12, "sparse length", errors);
          if (offset < 0 || length < 0) {
            throw errors.error("sparse map: negative numbers");
          }
          add(offset, length);
        }
        more = block[504] != 0;
      }
      in.entry(stored);
    }

    /** Decimal numbers, one a line: how many ranges, then offset and length of each; padded. */
    long readText(TarInput in, long stored) throws IOException {
      long used = 0;
      var numbers = new ArrayList<Long>();
      var digits = new StringBuilder();
      long wanted = 1;
      while (numbers.size() < wanted) {
        if (stored - used < TarInput.BLOCK_BYTES) {
          throw errors.error("sparse map: longer than the entry");
        }
        byte[] block = in.readExactly(TarInput.BLOCK_BYTES);
        used += block.length;
        for (int i = 0; i < block.length && numbers.size() < wanted; i++) {
          if (block[i] != '\n') {
            digits.append((char) (block[i] & 0xff));
            continue;
          }
          long number = number(digits);
          digits.setLength(0);
          if (numbers.isEmpty() && number > RANGES_MAX) {
            throw errors.error("sparse map: " + number + " ranges; at most " + RANGES_MAX);
          }
          wanted = numbers.isEmpty() ? 1 + 2 * number : wanted;
          numbers.add(number);
        }
      }
      for (int i = 1; i < numbers.size(); i += 2) {
        add(numbers.get(i), numbers.get(i + 1));
      }
      return used;
    }

    private long number(CharSequence digits) throws FormatException {
      String text = digits.toString();
      if (text.matches("[0-9]{1,18}")) {
        return Long.parseLong(text);
      }
      byte[] raw = text.getBytes(StandardCharsets.ISO_8859_1);
      throw errors.error("sparse map: a number of " + raw.length + " bytes is none");
    }

    TarSparse end(long sizeBytes, long dataStored) throws FormatException {
      if (end > sizeBytes || dataBytes != dataStored) {
        throw errors.error(
            "sparse map: "
                + dataBytes
                + " bytes of data up to byte "
                + end
                + "; the file has "
                + sizeBytes
                + " bytes, the archive "
                + dataStored);
      }
      return new TarSparse(sizeBytes, List.copyOf(ranges));
    }
  }
}
