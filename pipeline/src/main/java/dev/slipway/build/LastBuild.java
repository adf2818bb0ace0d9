// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.digest.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a finished build has seen and written, so that the next one can tell in a moment that
 * nothing changed.
 *
 * <p>Inputs are compared by what the file system says of them (size, time, inode) and, where that
 * differs or is too fresh to be trusted, by digest. The image itself is never read: it is whole if
 * it is the very file that was written, untouched since.
 */
record LastBuild(
    String tool, List<Seen> inputs, List<Seen> outputs, Digest image, long usedBytes, String key) {
  private static final String MAGIC = "slipway last build 3";

  /** A change within this time after another could leave size and time as they were. */
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(2);

  /**
   * One file as it was.
   *
   * @param shape what it is apart from its bytes: whether its owner may run it, where a link leads
   * @param size in bytes; a missing one has -1
   */
  record Seen(
      Path path, String shape, long size, long mtimeNanos, String inode, Optional<Digest> digest) {
    /** Begins the shape of a link that is itself the input, wherever it leads. */
    private static final String LINK = "link to ";

    /** A file, or the one a link leads to. */
    static Seen of(Path path, boolean withDigest) throws IOException {
      Path real = path.toAbsolutePath();
      String way = Files.isSymbolicLink(real) ? "by " + Files.readSymbolicLink(real) + " " : "";
      BasicFileAttributes attributes;
      try {
        attributes = Files.readAttributes(real, BasicFileAttributes.class);
      } catch (NoSuchFileException e) {
        return new Seen(real, way + "missing", -1, 0, "", Optional.empty());
      }
      long mtime = attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
      if (attributes.isDirectory()) {
        Digest names = Digest.of(listing(real).getBytes(StandardCharsets.UTF_8));
        return new Seen(real, way + "directory", 0, 0, "directory", Optional.of(names));
      }
      String shape = way + (OwnFiles.ownerMayRun(real) ? "program" : "file");
      Optional<Digest> digest = Optional.empty();
      if (withDigest && attributes.isRegularFile()) {
        try (var in = Files.newInputStream(real)) {
          digest = Optional.of(Digest.of(in));
        }
      }
      return new Seen(
          real, shape, attributes.size(), mtime, String.valueOf(attributes.fileKey()), digest);
    }

    /** Something in a directory that is copied as it is: links are not followed. */
    static Seen inside(Path path) throws IOException {
      Path real = path.toAbsolutePath();
      return Files.isSymbolicLink(real)
          ? new Seen(real, LINK + Files.readSymbolicLink(real), 0, 0, "", Optional.empty())
          : of(real, true);
    }

    private static String listing(Path directory) throws IOException {
      try (Stream<Path> list = Files.list(directory)) {
        return String.join("\n", list.map(path -> path.getFileName().toString()).sorted().toList());
      }
    }

    /** Whether the file is still what it was. */
    boolean holds(long trustedBeforeNanos) throws IOException {
      if (shape.startsWith(LINK)) {
        return Files.isSymbolicLink(path) && shape.equals(LINK + Files.readSymbolicLink(path));
      }
      Seen now = of(path, false);
      if (now.size != size || !now.shape.equals(shape)) {
        return false;
      }
      if (now.inode.equals("directory")) {
        return now.digest.equals(digest);
      }
      boolean same = now.mtimeNanos == mtimeNanos && now.inode.equals(inode);
      if (same && (mtimeNanos < trustedBeforeNanos || digest.isEmpty())) {
        return true;
      }
      return digest.isPresent() && of(path, true).digest().equals(digest);
    }
  }

  /** Whether all that was seen is still so. */
  boolean holds(String toolNow, long recordedNanos) throws IOException {
    if (!tool.equals(toolNow)) {
      return false;
    }
    for (Seen each : inputs) {
      if (!each.holds(recordedNanos - FRESH_NANOS)) {
        return false;
      }
    }
    return outputsHold();
  }

  boolean outputsHold() throws IOException {
    for (Seen each : outputs) {
      if (each.size < 0 || !each.holds(Long.MAX_VALUE)) {
        return false;
      }
    }
    return true;
  }

  byte[] bytes() {
    var out = new StringBuilder(MAGIC).append('\n');
    out.append(line(tool))
        .append(image.hex())
        .append('\n')
        .append(usedBytes)
        .append('\n')
        .append(line(key));
    for (List<Seen> list : List.of(inputs, outputs)) {
      out.append(list.size()).append('\n');
      for (Seen seen : list) {
        out.append(seen.size)
            .append(' ')
            .append(seen.mtimeNanos)
            .append(' ')
            .append(seen.digest.map(Digest::hex).orElse("-"))
            .append(' ');
        out.append(seen.inode.replace(' ', '_')).append(' ').append(line(seen.path.toString()));
        out.append(line(seen.shape));
      }
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String line(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n") + "\n";
  }

  private static String unline(String line) {
    var out = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length()) {
        c = line.charAt(++i) == 'n' ? '\n' : line.charAt(i);
      }
      out.append(c);
    }
    return out.toString();
  }

  /** Reads a record; anything that is not one counts as none. */
  static Optional<LastBuild> parse(byte[] bytes) {
    String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
    try {
      if (!lines[0].equals(MAGIC)) {
        return Optional.empty();
      }
      int at = 5;
      var lists = new ArrayList<List<Seen>>();
      for (int i = 0; i < 2; i++) {
        int count = Integer.parseInt(lines[at++]);
        var list = new ArrayList<Seen>();
        for (int j = 0; j < count; j++) {
          String[] f = lines[at++].split(" ", 5);
          Optional<Digest> digest =
              f[2].equals("-") ? Optional.empty() : Optional.of(Digest.parse(f[2]));
          list.add(
              new Seen(
                  Path.of(unline(f[4])),
                  unline(lines[at++]),
                  Long.parseLong(f[0]),
                  Long.parseLong(f[1]),
                  f[3].replace('_', ' '),
                  digest));
        }
        lists.add(list);
      }
      return Optional.of(
          new LastBuild(
              unline(lines[1]),
              lists.get(0),
              lists.get(1),
              Digest.parse(lines[2]),
              Long.parseLong(lines[3]),
              unline(lines[4])));
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  /**
   * Every file a copied file or directory consists of, directories included, itself first. The
   * source may be a link; links below it are not followed.
   */
  static List<Path> filesOf(Path source) throws IOException {
    if (!Files.isDirectory(source)) {
      return List.of(source);
    }
    Path real = source.toRealPath();
    try (Stream<Path> all = Files.walk(real)) {
      return all.sorted()
          .map(path -> path.equals(real) ? source : source.resolve(real.relativize(path)))
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
