// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.io.FormatException;
import dev.slipway.tree.Content.Range;
import dev.slipway.tree.TarEntry.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * Walks a tar archive entry by entry: ustar, PAX (with {@code SCHILY.xattr.} attributes and sparse
 * files of all three kinds) and GNU's extensions (long names, sparse files, numbers in base 256).
 *
 * <pre>{@code
 * var entries = new TarEntries(in, "data.tar");
 * for (var next = entries.next(); next.isPresent(); next = entries.next()) {
 *   InputStream content = entries.content();
 *   ...
 * }
 * }</pre>
 *
 * <p>Names with {@code ..}, absolute names and names that are not UTF-8 are refused. Whether an
 * entry lies below a symbolic link is for the caller to judge. What was not read of an entry is
 * skipped. The end is looked for: an archive without its closing zero block is refused as cut off,
 * and the stream is read to its end so that a decompressor can check its sums.
 */
public final class TarEntries {
  private final String source;
  private final TarInput in;

  private long index = -1;
  private long headerOffset;
  private boolean ended;

  /** Bytes of the extended headers before the current entry. */
  private int extensionBytes;

  private TarHeader header;
  private InputStream content = InputStream.nullInputStream();

  /**
   * Starts at the current position of a stream, which stays open.
   *
   * @param source the archive's name in error messages
   */
  public TarEntries(InputStream in, String source) {
    this.source = source;
    this.in = new TarInput(in, this::error);
  }

  /** The next entry; nothing at the end, after which the stream has been read to its end. */
  public Optional<TarEntry> next() throws IOException {
    if (ended) {
      return Optional.empty();
    }
    in.finishEntry();
    index++;
    extensionBytes = 0;
    var extensions = new TarExtensions(this::error);
    while (true) {
      headerOffset = in.position();
      Optional<byte[]> block = in.header();
      if (block.isEmpty()) {
        if (extensions.any()) {
          throw error("the archive ends after an extended header");
        }
        ended = true;
        content = InputStream.nullInputStream();
        in.drain();
        return Optional.empty();
      }
      header = new TarHeader(block.get(), this::error);
      if (!takeExtension(extensions)) {
        break;
      }
    }
    return Optional.of(entry(extensions));
  }

  /** The content of the entry last returned, holes expanded. Valid until {@link #next}. */
  public InputStream content() {
    return content;
  }

  /** An error about the current entry, in the one form: source, entry, offset, what is wrong. */
  public FormatException error(String message) {
    return new FormatException(
        source + ": entry " + index + " at byte " + headerOffset + ": " + message);
  }

  private boolean takeExtension(TarExtensions extensions) throws IOException {
    char type = header.type();
    switch (type) {
      case 'x' -> extensions.pax(extension(TarExtensions.PAX_BYTES_MAX));
      case 'g' -> extensions.globalPax(extension(TarExtensions.PAX_BYTES_MAX));
      case 'L' -> extensions.longName(extension(TarExtensions.NAME_BYTES_MAX));
      case 'K' -> extensions.longLink(extension(TarExtensions.NAME_BYTES_MAX));
      case 'V' -> in.entry(header.size());
      default -> {
        return false;
      }
    }
    in.finishEntry();
    return true;
  }

  private byte[] extension(int limit) throws IOException {
    long size = header.size();
    if (size > limit) {
      throw error("an extended header of " + size + " bytes; at most " + limit + " are read");
    }
    if (size > TarExtensions.PAX_BYTES_MAX - extensionBytes) {
      throw error(
          "extended headers of more than "
              + TarExtensions.PAX_BYTES_MAX
              + " bytes before one entry");
    }
    extensionBytes += (int) size;
    in.entry(size);
    return in.readExactly((int) size);
  }

  private TarEntry entry(TarExtensions extensions) throws IOException {
    String name = extensions.name(header);
    Kind kind = kind(name);
    TreePath path = path(name, "name");
    long stored = extensions.number("size").orElse(header.size());
    if (kind == Kind.HARD_LINK) {
      stored = 0; // GNU tar and dpkg take it so: some writers repeat the file's size here
    } else if (kind != Kind.REGULAR_FILE && stored > 0) {
      throw error(path + ": " + kind + " with " + stored + " bytes of content");
    }
    in.entry(stored);
    List<Range> data = List.of();
    long size = stored;
    if (kind == Kind.REGULAR_FILE) {
      TarSparse sparse = TarSparse.of(header, extensions, in, stored, this::error);
      data = sparse.data();
      size = sparse.sizeBytes();
      content = sparse.isWhole() ? in : new SparseInputStream(in, data, size);
    } else {
      content = InputStream.nullInputStream();
    }
    String link = kind == Kind.SYMLINK || kind == Kind.HARD_LINK ? extensions.link(header) : "";
    if (kind == Kind.HARD_LINK) {
      link = path(link, "link name").relative();
    }
    boolean device = kind == Kind.CHARACTER_DEVICE || kind == Kind.BLOCK_DEVICE;
    try {
      var entry =
          new TarEntry(
              path,
              kind,
              extensions.metadata(header),
              extensions.text("uname").orElse(header.owner()),
              extensions.text("gname").orElse(header.group()),
              size,
              data,
              link,
              device ? header.major() : 0,
              device ? header.minor() : 0,
              index,
              headerOffset);
      entry.node(Content.EMPTY); // refuses now what no tree can hold
      return entry;
    } catch (IllegalArgumentException e) {
      throw error(path + ": " + e.getMessage());
    }
  }

  private Kind kind(String name) throws FormatException {
    char type = header.type();
    return switch (type) {
      case '0', '\0', '7', 'S' ->
          type != 'S' && name.endsWith("/") ? Kind.DIRECTORY : Kind.REGULAR_FILE;
      case '1' -> Kind.HARD_LINK;
      case '2' -> Kind.SYMLINK;
      case '3' -> Kind.CHARACTER_DEVICE;
      case '4' -> Kind.BLOCK_DEVICE;
      case '5' -> Kind.DIRECTORY;
      case '6' -> Kind.FIFO;
      default -> throw error(name + ": type " + TarHeader.printable(type) + " is not supported");
    };
  }

  private TreePath path(String name, String field) throws FormatException {
    if (name.startsWith("/")) {
      throw error(field + " \"" + name + "\" is absolute; names start with \"./\" or plainly");
    }
    if (name.isEmpty()) {
      throw error(field + " is empty");
    }
    try {
      return TreePath.of(name);
    } catch (IllegalArgumentException e) {
      throw error(field + ": " + e.getMessage());
    }
  }

  /** Makes the error for a message about the current entry. */
  @FunctionalInterface
  interface Errors {
    FormatException error(String message);
  }
}
