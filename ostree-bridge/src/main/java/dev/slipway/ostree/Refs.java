// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The names of commits: {@code refs/heads/debian/12/amd64} and, for what was pulled, {@code
 * refs/remotes/origin/debian/12/amd64}, each a file that holds a checksum.
 */
public final class Refs {
  private static final Pattern NAME =
      Pattern.compile("(?:[A-Za-z0-9_][-._A-Za-z0-9]*/)*[A-Za-z0-9_][-._A-Za-z0-9]*");
  private static final Pattern REMOTE = Pattern.compile("[A-Za-z0-9_][-._A-Za-z0-9]*");
  private static final int FILE_BYTES = 65;

  private final Path directory;
  private final boolean sync;

  Refs(Path directory, boolean sync) {
    this.directory = directory;
    this.sync = sync;
  }

  /** Whether a ref may be called so; {@code ../x} may not. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches() && name.length() <= 4000;
  }

  /**
   * Refuses what no ref may be called.
   *
   * @throws FormatException saying which names are good
   */
  public static String requireName(String name) throws FormatException {
    if (!isName(name)) {
      throw new FormatException(
          "\""
              + name
              + "\" is no name of a ref: parts of letters, digits and ._- between single slashes,"
              + " none starting with . or -");
    }
    return name;
  }

  static String requireRemote(String name) throws FormatException {
    if (!REMOTE.matcher(name).matches()) {
      throw new FormatException(
          "\""
              + name
              + "\" is no name of a remote: letters, digits and ._-, not starting with . or -");
    }
    return name;
  }

  /** All refs of the repository's own, in the order of their names. */
  public SortedMap<String, Digest> heads() throws IOException {
    return list(directory.resolve("heads"));
  }

  /** All refs pulled from a remote. */
  public SortedMap<String, Digest> remote(String remote) throws IOException {
    return list(directory.resolve("remotes").resolve(requireRemote(remote)));
  }

  /** The remotes something was pulled from, and their refs: {@code origin:debian/12/amd64}. */
  public SortedMap<String, Digest> remotes() throws IOException {
    var all = new TreeMap<String, Digest>();
    Path remotes = directory.resolve("remotes");
    if (Files.isDirectory(remotes)) {
      try (Stream<Path> each = Files.list(remotes)) {
        for (Path remote : (Iterable<Path>) each::iterator) {
          String name = remote.getFileName().toString();
          list(remote).forEach((ref, commit) -> all.put(name + ":" + ref, commit));
        }
      }
    }
    return all;
  }

  /** Mirrored refs of collections, {@code collection/ref}: kept from pruning, not written here. */
  SortedMap<String, Digest> mirrors() throws IOException {
    return list(directory.resolve("mirrors"));
  }

  /**
   * Refs that lead nowhere, by their files below {@code refs/}, and what is wrong with each: no
   * checksum in it, or that of a commit that is not there.
   */
  SortedMap<String, String> dead(Predicate<Digest> isThere) throws IOException {
    var dead = new TreeMap<String, String>();
    for (Map.Entry<String, Path> ref : files(directory).entrySet()) {
      try {
        Digest commit = read(ref.getValue(), ref.getKey());
        if (!isThere.test(commit)) {
          dead.put(ref.getKey(), "points at commit " + commit + ", which is not here");
        }
      } catch (FormatException e) {
        dead.put(ref.getKey(), e.getMessage());
      }
    }
    return dead;
  }

  private static SortedMap<String, Digest> list(Path root) throws IOException {
    var found = new TreeMap<String, Digest>();
    for (Map.Entry<String, Path> ref : files(root).entrySet()) {
      found.put(ref.getKey(), read(ref.getValue(), ref.getKey()));
    }
    return found;
  }

  private static SortedMap<String, Path> files(Path root) throws IOException {
    var found = new TreeMap<String, Path>();
    if (!Files.isDirectory(root)) {
      return found;
    }
    try (Stream<Path> files = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = root.relativize(file).toString();
        if (Files.isRegularFile(file) && isName(name)) {
          found.put(name, file);
        }
      }
    }
    return found;
  }

  private static Digest read(Path file, String name) throws IOException {
    String text;
    try (var in = Files.newInputStream(file)) {
      text = new String(in.readNBytes(FILE_BYTES + 1), StandardCharsets.ISO_8859_1);
    }
    try {
      return Digest.parse(text.strip());
    } catch (IllegalArgumentException e) {
      throw new FormatException(
          "ref " + name + ": found \"" + text.strip() + "\", expected a checksum", e);
    }
  }

  /** Where a head points. */
  public Optional<Digest> head(String name) throws IOException {
    return find("heads", requireName(name));
  }

  /** Where a ref of a remote points. */
  public Optional<Digest> remote(String remote, String name) throws IOException {
    return find("remotes/" + requireRemote(remote), requireName(name));
  }

  private Optional<Digest> find(String under, String name) throws IOException {
    Path file = directory.resolve(under).resolve(name);
    try {
      return Files.isDirectory(file) ? Optional.empty() : Optional.of(read(file, name));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Points a head at a commit. */
  public void setHead(String name, Digest commit) throws IOException {
    set("heads", requireName(name), commit);
  }

  /** Points a ref of a remote at a commit. */
  public void setRemote(String remote, String name, Digest commit) throws IOException {
    set("remotes/" + requireRemote(remote), requireName(name), commit);
  }

  private void set(String under, String name, Digest commit) throws IOException {
    Path file = directory.resolve(under).resolve(name);
    if (Files.isDirectory(file)) {
      throw new IOException(
          "ref " + name + ": there are refs below this name, such as those in " + file);
    }
    Directories.makeAll(file.getParent());
    Directories.replace(file, (commit.hex() + "\n").getBytes(StandardCharsets.US_ASCII), sync);
  }

  /** Removes a head, and the directories it leaves empty; says whether there was one. */
  public boolean deleteHead(String name) throws IOException {
    return delete("heads", requireName(name));
  }

  /** Removes a ref of a remote; says whether there was one. */
  public boolean deleteRemote(String remote, String name) throws IOException {
    return delete("remotes/" + requireRemote(remote), requireName(name));
  }

  private boolean delete(String under, String name) throws IOException {
    Path root = directory.resolve(under);
    Path file = root.resolve(name);
    if (Files.isDirectory(file) || !Files.deleteIfExists(file)) {
      return false;
    }
    try {
      for (Path empty = file.getParent(); !empty.equals(root); empty = empty.getParent()) {
        Files.delete(empty);
      }
    } catch (DirectoryNotEmptyException | NoSuchFileException e) {
      // other refs live there
    }
    return true;
  }
}
