// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.object.FileHeader;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.tree.Content;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which object a content with known digest became, so that the next commit does not read it again:
 * {@code tmp/cache/slipway-contents}.
 *
 * <p>An object's checksum covers owner and mode before the content, so the digest of the content
 * alone does not tell it. The file is a list of pairs, (digest of content and header, object), with
 * a digest of all of it at the end. It may be deleted at any time; one that is damaged counts as
 * empty. An entry is believed only while its object is in the repository. What a commit used is
 * kept, and so is what others used, up to {@link #LIMIT_ENTRIES}.
 */
final class KnownContents {
  static final int LIMIT_ENTRIES = 200_000;

  private static final byte[] MAGIC =
      "slipway contents 1\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private final Path file;
  private final Map<Digest, Digest> before;
  private final Map<Digest, Digest> used = new ConcurrentHashMap<>();

  private KnownContents(Path file, Map<Digest, Digest> before) {
    this.file = file;
    this.before = before;
  }

  static KnownContents read(Path file) throws IOException {
    var entries = new HashMap<Digest, Digest>();
    MessageDigest sha256 = Digest.sha256();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      long count = (Files.size(file) - MAGIC.length - Digest.BYTES) / (2 * Digest.BYTES);
      if (count > LIMIT_ENTRIES || !Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        return new KnownContents(file, Map.of());
      }
      for (long i = 0; i < count; i++) {
        byte[] pair = in.readNBytes(2 * Digest.BYTES);
        sha256.update(pair);
        if (pair.length == 2 * Digest.BYTES) {
          entries.put(
              Digest.fromBytes(Arrays.copyOf(pair, Digest.BYTES)),
              Digest.fromBytes(Arrays.copyOfRange(pair, Digest.BYTES, pair.length)));
        }
      }
      boolean whole = Arrays.equals(in.readAllBytes(), sha256.digest());
      return new KnownContents(file, whole ? entries : Map.of());
    } catch (NoSuchFileException e) {
      return new KnownContents(file, Map.of());
    }
  }

  private static Digest key(Digest content, FileHeader header) {
    MessageDigest sha256 = Digest.sha256();
    sha256.update(content.bytes());
    sha256.update(header.framed());
    return Digest.finish(sha256);
  }

  /** The object of a content whose digest is known, if it is there. */
  Optional<Digest> find(Content content, FileHeader header, Transaction transaction) {
    if (header.isSymlink() || content.knownDigest().isEmpty()) {
      return Optional.empty();
    }
    Digest key = key(content.knownDigest().get(), header);
    Digest object = before.get(key);
    if (object == null || !transaction.has(ObjectName.file(object))) {
      return Optional.empty();
    }
    used.put(key, object);
    return Optional.of(object);
  }

  /** Remembers what a content became. */
  void add(Content content, FileHeader header, Digest object) {
    if (!header.isSymlink() && content.knownDigest().isPresent()) {
      used.put(key(content.knownDigest().get(), header), object);
    }
  }

  /** Writes down what was used, and of the rest as much as there is room for. */
  void write() throws IOException {
    if (before.keySet().containsAll(used.keySet()) || used.size() > LIMIT_ENTRIES) {
      return;
    }
    var all = new TreeMap<Digest, Digest>(used);
    for (Map.Entry<Digest, Digest> entry : new TreeMap<>(before).entrySet()) {
      if (all.size() < LIMIT_ENTRIES) {
        all.putIfAbsent(entry.getKey(), entry.getValue());
      }
    }
    var bytes = new ByteArrayOutputStream(MAGIC.length + all.size() * 2 * Digest.BYTES);
    bytes.writeBytes(MAGIC);
    MessageDigest sha256 = Digest.sha256();
    all.forEach(
        (key, object) -> {
          sha256.update(key.bytes());
          sha256.update(object.bytes());
          bytes.writeBytes(key.bytes());
          bytes.writeBytes(object.bytes());
        });
    bytes.writeBytes(sha256.digest());
    Directories.makeAll(file.getParent());
    Directories.replace(file, bytes.toByteArray(), false);
  }
}
