// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.io.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.operator.jcajce.JcaKeyFingerprintCalculator;

/**
 * OpenPGP keys that are trusted. A value: to trust more, {@linkplain #plus add} keyrings; to trust
 * less, {@linkplain #only pin} fingerprints.
 *
 * <p>Binary files and ASCII armour are read (what {@code gpg --export} writes, with and without
 * {@code --armor}). A key that cannot be read is left out, as gpgv does, and named when a signature
 * finds no key.
 */
public final class Keyring {
  /** One primary key, its subkeys and what its owner said about them, and where it was read. */
  record Entry(PGPPublicKeyRing ring, KeyHistory history, String source) {}

  /** A key within its entry. */
  record Match(Entry entry, PGPPublicKey key) {}

  private static final Keyring EMPTY = new Keyring(List.of(), List.of(), List.of(), Set.of());
  private static final long LIMIT_BYTES = 64L << 20;
  private static final byte[] KEYBOX_MAGIC = "KBXf".getBytes(StandardCharsets.US_ASCII);
  private static final int KEYBOX_MAGIC_OFFSET = 8;

  private final List<Entry> entries;
  private final List<String> sources;
  private final List<String> unreadable;
  private final Set<String> pinned; // empty: every key counts

  private Keyring(
      List<Entry> entries, List<String> sources, List<String> unreadable, Set<String> pinned) {
    this.entries = List.copyOf(entries);
    this.sources = List.copyOf(sources);
    this.unreadable = List.copyOf(unreadable);
    this.pinned = pinned;
  }

  /** A keyring that trusts nobody. */
  public static Keyring empty() {
    return EMPTY;
  }

  /** Reads a file. */
  public static Keyring read(Path file) throws IOException {
    if (Files.size(file) > LIMIT_BYTES) {
      throw new FormatException(file + ": larger than any keyring: " + Files.size(file) + " bytes");
    }
    return parse(Files.readAllBytes(file), file.toString());
  }

  /**
   * Reads keys.
   *
   * @param keys binary or armoured
   * @param source their name in error messages
   */
  public static Keyring parse(byte[] keys, String source) throws FormatException {
    if (isKeybox(keys)) {
      throw new FormatException(
          source
              + ": a keybox, GnuPG's own format; export its keys: gpg --no-default-keyring"
              + " --keyring "
              + source
              + " --export > keys.gpg");
    }
    byte[] binary = binary(keys, source);
    var entries = new ArrayList<Entry>();
    var unreadable = new ArrayList<String>();
    for (byte[] block : blocks(binary, source)) {
      try {
        var ring = new PGPPublicKeyRing(block, new JcaKeyFingerprintCalculator());
        entries.add(new Entry(ring, new KeyHistory(ring.getPublicKey()), source));
      } catch (IOException | RuntimeException e) {
        unreadable.add(source + ": key number " + (entries.size() + unreadable.size() + 1));
      }
    }
    return new Keyring(entries, List.of(source), unreadable, Set.of());
  }

  /** Keys without their armour, if they have one. */
  public static byte[] binary(byte[] keys, String source) throws FormatException {
    boolean armoured = keys.length > 0 && (keys[0] & 0b1000_0000) == 0;
    return armoured ? Armor.read(source, CleartextMessage.lines(keys), 0, Armor.PUBLIC_KEYS) : keys;
  }

  /** Cuts a file before each primary key, so that a key nobody can read spoils no other. */
  private static List<byte[]> blocks(byte[] binary, String source) throws FormatException {
    var blocks = new ArrayList<byte[]>();
    ByteArrayOutputStream block = null;
    for (Packets.Packet packet : Packets.split(binary, source)) {
      if (packet.tag() == Packets.PUBLIC_KEY) {
        if (block != null) {
          blocks.add(block.toByteArray());
        }
        block = new ByteArrayOutputStream();
      } else if (block == null) {
        if (packet.tag() == Packets.MARKER || packet.tag() == Packets.PADDING) {
          continue;
        }
        throw new FormatException(
            source
                + ": byte "
                + packet.offset()
                + ": expected a public key, found a packet of type "
                + packet.tag());
      }
      if (packet.tag() != Packets.TRUST) {
        block.writeBytes(packet.bytes());
      }
    }
    if (block != null) {
      blocks.add(block.toByteArray());
    }
    return blocks;
  }

  private static boolean isKeybox(byte[] keys) {
    int end = KEYBOX_MAGIC_OFFSET + KEYBOX_MAGIC.length;
    return keys.length >= end
        && java.util.Arrays.equals(
            keys, KEYBOX_MAGIC_OFFSET, end, KEYBOX_MAGIC, 0, KEYBOX_MAGIC.length);
  }

  /** This keyring and another together. Pinning is done afterwards. */
  public Keyring plus(Keyring other) {
    if (!pinned.isEmpty() || !other.pinned.isEmpty()) {
      throw new IllegalArgumentException("join keyrings first, then pin fingerprints");
    }
    return new Keyring(
        joined(entries, other.entries),
        joined(sources, other.sources),
        joined(unreadable, other.unreadable),
        Set.of());
  }

  /**
   * Trusts only some of the keys.
   *
   * @param fingerprints 40 (or 64) hexadecimal digits each, blanks allowed. That of a primary key
   *     admits its subkeys too; a {@code !} behind it, or the fingerprint of a subkey, admits that
   *     key alone.
   */
  public Keyring only(Collection<String> fingerprints) {
    var wanted = new LinkedHashSet<String>();
    for (String fingerprint : fingerprints) {
      String plain = fingerprint.replace(" ", "").toUpperCase(Locale.ROOT);
      if (!plain.matches("([0-9A-F]{40}|[0-9A-F]{64})!?")) {
        throw new IllegalArgumentException(
            "\"" + fingerprint + "\" is not a fingerprint: write its 40 hexadecimal digits");
      }
      wanted.add(plain);
    }
    if (wanted.isEmpty()) {
      throw new IllegalArgumentException("no fingerprint to pin");
    }
    return new Keyring(entries, sources, unreadable, Set.copyOf(wanted));
  }

  /** Fingerprints of the primary keys, in the order they were read. */
  public List<String> fingerprints() {
    return entries.stream().map(entry -> fingerprint(entry.ring().getPublicKey())).toList();
  }

  /** Whether nobody is trusted. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** All keys, primary or not, with this id. Two keys may share an id: it is half a fingerprint. */
  List<Match> find(long keyId) {
    var found = new ArrayList<Match>();
    for (Entry entry : entries) {
      for (Iterator<PGPPublicKey> keys = entry.ring().getPublicKeys(); keys.hasNext(); ) {
        PGPPublicKey key = keys.next();
        if (key.getKeyID() == keyId) {
          found.add(new Match(entry, key));
        }
      }
    }
    return found;
  }

  /** Whether pinning, if there is any, lets this key count. */
  boolean admits(Match match) {
    String own = fingerprint(match.key());
    return pinned.isEmpty()
        || pinned.contains(own)
        || pinned.contains(own + "!")
        || pinned.contains(fingerprint(match.entry().ring().getPublicKey()));
  }

  /** Where the keys came from, for error messages. */
  String describe() {
    String read = sources.isEmpty() ? "no keyring" : String.join(", ", sources);
    return unreadable.isEmpty()
        ? read
        : read + " (not readable there: " + String.join(", ", unreadable) + ")";
  }

  static String fingerprint(PGPPublicKey key) {
    return HexFormat.of().withUpperCase().formatHex(key.getFingerprint());
  }

  private static <T> List<T> joined(List<T> first, List<T> second) {
    var all = new LinkedHashSet<>(first);
    all.addAll(second);
    return List.copyOf(all);
  }
}
