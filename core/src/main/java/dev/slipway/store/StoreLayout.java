// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;

/**
 * Where things lie in a store's directory.
 *
 * <pre>
 * format                  "slipway store 1"
 * lock                    see FileGate
 * users/PID-RANDOM.lease  see Lease
 * users/PID-RANDOM/       files being written
 * blobs/ab/cdef...        a blob under its digest; its time is when it was last used
 * blobs/ab/cdef....info   its size, kind and label
 * results/ab/cdef...      a result under its key's digest
 * keys/ab/cdef...         the last key of a step, under the digest of the step's name
 * </pre>
 */
record StoreLayout(Path directory) {
  static final String INFO = ".info";
  private static final Pattern DIRECTORY_NAME = Pattern.compile("[0-9a-f]{2}");
  private static final Pattern FILE_NAME = Pattern.compile("[0-9a-f]{62}(\\.info)?");
  private static final String FORMAT = "slipway store 1\n";

  /** Makes the directory a store, or checks that it is one. */
  static StoreLayout make(Path directory) throws IOException {
    makePrivate(directory);
    var layout = new StoreLayout(directory);
    Path format = directory.resolve("format");
    if (!Files.exists(format)) {
      layout.begin(format);
    }
    String found = Files.readString(format);
    if (!found.equals(FORMAT)) {
      throw new FormatException(
          format
              + ": found \""
              + found.strip()
              + "\", expected \""
              + FORMAT.strip()
              + "\"; another version of Slipway made this store: name another directory");
    }
    Files.createDirectories(layout.users());
    Files.createDirectories(layout.blobs());
    Files.createDirectories(layout.results());
    return layout;
  }

  /**
   * Makes the directory, if it is not there, for its owner alone: systems hold the hashes of
   * passwords.
   */
  private static void makePrivate(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Path parent = directory.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      try {
        Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (FileAlreadyExistsException e) {
        Files.createDirectories(directory); // another process was first, or this fails in words
      }
    }
  }

  private void begin(Path format) throws IOException {
    Path beside = Files.createTempFile(directory, "format", "");
    try {
      write(beside, FORMAT.getBytes(StandardCharsets.UTF_8));
      Files.createLink(format, beside); // atomic, and the first of two processes wins
    } catch (FileAlreadyExistsException e) {
      // the other one wrote the same, or the caller will see that it did not
    } finally {
      Files.delete(beside);
    }
  }

  /** Writes a small file whole; an error names the store. */
  void write(Path file, byte[] bytes) throws IOException {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** The error of a write that failed, with the place it failed in. */
  IOException failed(IOException e) {
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new IOException("writing to the store in " + directory + ": " + reason, e);
  }

  Path users() {
    return directory.resolve("users");
  }

  Path blobs() {
    return directory.resolve("blobs");
  }

  Path results() {
    return directory.resolve("results");
  }

  Path blob(Digest digest) {
    return under(blobs(), digest);
  }

  Path info(Digest digest) {
    Path blob = blob(digest);
    return blob.resolveSibling(blob.getFileName() + INFO);
  }

  Path result(Digest key) {
    return under(results(), key);
  }

  Path lastKey(String step) {
    return under(directory.resolve("keys"), Digest.of(step.getBytes(StandardCharsets.UTF_8)));
  }

  private static Path under(Path root, Digest digest) {
    String hex = digest.hex();
    return root.resolve(hex.substring(0, 2)).resolve(hex.substring(2));
  }

  /** Whether this is one of the directories that {@link #under} makes, and no stray. */
  static boolean isDirectory(Path path) {
    return DIRECTORY_NAME.matcher(path.getFileName().toString()).matches()
        && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** Whether a file in such a directory is named by a digest, as ours are. */
  static boolean isFile(Path path) {
    return FILE_NAME.matcher(path.getFileName().toString()).matches()
        && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** The digest that a file is named by. */
  static Digest digest(Path file) {
    String name = file.getFileName().toString();
    String rest = name.endsWith(INFO) ? name.substring(0, name.length() - INFO.length()) : name;
    return Digest.parse(file.getParent().getFileName() + rest);
  }
}
