// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.ostree.gvariant.VariantType;
import dev.slipway.ostree.object.Checksums;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.ObjectType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The head of a static delta, {@code (a{sv}tayay(a{sv}aya(say)sstayay)aya(uayttay)a(yaytt))}: the
 * commit it leads to, and what its parts are.
 *
 * <p>Numbers of parts and fallbacks are in the byte order that {@code ostree.endianness} says, all
 * others have the big end first.
 *
 * @param metadata without the byte order
 * @param commit the commit it leads to, whole
 * @param fallbacks objects it does not hold, to be fetched by themselves
 */
public record DeltaSuperblock(
    VariantDict metadata,
    long timestampSeconds,
    DeltaName name,
    Variant commit,
    List<Part> parts,
    List<Fallback> fallbacks) {
  /** The file's name in a delta's directory. */
  static final String FILE = "superblock";

  private static final VariantType TYPE =
      VariantType.of("(a{sv}tayay(a{sv}aya(say)sstayay)aya(uayttay)a(yaytt))");
  private static final String ENDIANNESS = "ostree.endianness";
  private static final int LITTLE = 'l';
  private static final int BIG = 'B';
  private static final int OBJECT_BYTES = 1 + Digest.BYTES;

  /**
   * A part.
   *
   * @param checksum of its file
   * @param sizeBytes of its file
   * @param objectBytes of the objects it makes, together
   * @param objects in the order they are made
   */
  public record Part(Digest checksum, long sizeBytes, long objectBytes, List<ObjectName> objects) {
    public Part {
      objects = List.copyOf(objects);
    }
  }

  /** An object that is fetched by itself. */
  public record Fallback(ObjectName object, long compressedBytes, long objectBytes) {}

  public DeltaSuperblock {
    parts = List.copyOf(parts);
    fallbacks = List.copyOf(fallbacks);
  }

  private static String detachedKey(DeltaName name) {
    return name.path() + "/commitmeta";
  }

  /** What stands beside the commit, signatures above all; nothing when nothing does. */
  public Optional<VariantDict> detached() throws FormatException {
    Optional<Variant> found = metadata.find(detachedKey(name), "a{sv}");
    return found.isEmpty() ? Optional.empty() : Optional.of(VariantDict.of(found.get()));
  }

  /** The same with this beside the commit. */
  public DeltaSuperblock withDetached(Optional<VariantDict> detached) {
    String key = detachedKey(name);
    VariantDict others = metadata.without(key);
    return new DeltaSuperblock(
        detached.map(all -> others.with(key, all.toVariant())).orElse(others),
        timestampSeconds,
        name,
        commit,
        parts,
        fallbacks);
  }

  /** A part that lies within the superblock, {@code (yay)} under its path. */
  Optional<byte[]> inline(int number) {
    return metadata.find(partPath(number), "(yay)").map(Variant::toBytes);
  }

  /** The paths of parts that lie within the superblock. */
  Set<String> inlinePaths() {
    return metadata.entries().stream()
        .filter(entry -> entry.value().is("(yay)"))
        .map(VariantDict.Entry::key)
        .collect(Collectors.toUnmodifiableSet());
  }

  String partPath(int number) {
    return name.path() + "/" + number;
  }

  /** The file. */
  public byte[] toBytes() {
    return Variant.tuple(
            metadata.with(ENDIANNESS, Variant.u8(LITTLE)).toVariant(),
            Variant.u64(Long.reverseBytes(timestampSeconds)),
            name.from().map(Checksums::of).orElseGet(Variant::bytes),
            Checksums.of(name.to()),
            commit,
            Variant.bytes(), // deltas to be applied before this one: never written by anybody
            Variant.array("(uayttay)", parts.stream().map(DeltaSuperblock::variant).toList()),
            Variant.array(
                "(yaytt)",
                fallbacks.stream()
                    .map(
                        f ->
                            Variant.tuple(
                                Variant.u8(f.object().type().code()),
                                Checksums.of(f.object().checksum()),
                                Variant.u64(f.compressedBytes()),
                                Variant.u64(f.objectBytes())))
                    .toList()))
        .toBytes();
  }

  private static Variant variant(Part part) {
    var objects = new ByteArrayOutputStream();
    for (ObjectName object : part.objects()) {
      objects.write(object.type().code());
      objects.writeBytes(object.checksum().bytes());
    }
    return Variant.tuple(
        Variant.u32(0),
        Checksums.of(part.checksum()),
        Variant.u64(part.sizeBytes()),
        Variant.u64(part.objectBytes()),
        Variant.bytes(objects.toByteArray()));
  }

  /**
   * Reads a superblock. The commit within has the checksum that the superblock names.
   *
   * @param source the file's name in error messages
   */
  public static DeltaSuperblock read(byte[] bytes, String source) throws FormatException {
    Variant variant = Variant.read(TYPE, bytes, source);
    VariantDict metadata = VariantDict.of(variant.child(0));
    boolean swapped = bigEndian(metadata, source);
    Variant from = variant.child(2);
    var name =
        new DeltaName(
            from.size() == 0 ? Optional.empty() : Optional.of(Checksums.read(from, source)),
            Checksums.read(variant.child(3), source));
    Variant commit = variant.child(4);
    Digest found = Digest.of(commit.toBytes());
    if (!found.equals(name.to())) {
      throw new FormatException(
          source + ": its commit: found checksum " + found + ", expected " + name.to());
    }
    Commit.of(commit, source); // refuses what is none
    if (variant.child(5).size() != 0) {
      throw new FormatException(source + ": it builds on other deltas, which nobody ever wrote");
    }
    var parts = new ArrayList<Part>();
    for (Variant each : variant.child(6)) {
      parts.add(part(each, swapped, source + ": part " + parts.size()));
    }
    var fallbacks = new ArrayList<Fallback>();
    for (Variant each : variant.child(7)) {
      String place = source + ": fallback " + fallbacks.size();
      fallbacks.add(
          new Fallback(
              new ObjectName(
                  Checksums.read(each.child(1), place), type(each.child(0).asLong(), place)),
              size(each.child(2), swapped, place + ": compressed size"),
              size(each.child(3), swapped, place + ": size")));
    }
    return new DeltaSuperblock(
        metadata.without(ENDIANNESS),
        Long.reverseBytes(variant.child(1).asLong()),
        name,
        commit,
        parts,
        fallbacks);
  }

  private static boolean bigEndian(VariantDict metadata, String source) throws FormatException {
    Optional<Variant> mark = metadata.find(ENDIANNESS, "y");
    if (mark.isEmpty()) {
      return false; // made before 2016: we take it as x86 wrote it
    }
    long order = mark.get().asLong();
    if (order != LITTLE && order != BIG) {
      throw new FormatException(
          source + ": " + ENDIANNESS + ": found " + order + ", expected 'l' or 'B'");
    }
    return order == BIG;
  }

  private static Part part(Variant entry, boolean swapped, String source) throws FormatException {
    long version = entry.child(0).asLong();
    if (version != 0) {
      throw new FormatException(source + ": version " + version + ", expected 0");
    }
    byte[] packed = entry.child(4).asBytes();
    if (packed.length % OBJECT_BYTES != 0) {
      throw new FormatException(
          source + ": objects: " + packed.length + " bytes are no multiple of " + OBJECT_BYTES);
    }
    var objects = new ArrayList<ObjectName>(packed.length / OBJECT_BYTES);
    ByteBuffer in = ByteBuffer.wrap(packed);
    while (in.hasRemaining()) {
      ObjectType type = type(in.get() & 0xff, source);
      byte[] checksum = new byte[Digest.BYTES];
      in.get(checksum);
      objects.add(new ObjectName(Digest.fromBytes(checksum), type));
    }
    return new Part(
        Checksums.read(entry.child(1), source),
        size(entry.child(2), swapped, source + ": size"),
        size(entry.child(3), swapped, source + ": uncompressed size"),
        objects);
  }

  private static ObjectType type(long code, String source) throws FormatException {
    return ObjectType.ofCode((int) code)
        .filter(type -> type == ObjectType.FILE || type.isMetadata())
        .orElseThrow(
            () ->
                new FormatException(
                    source + ": object type " + code + ", expected a file or a directory's"));
  }

  private static long size(Variant number, boolean swapped, String source) throws FormatException {
    long size = swapped ? Long.reverseBytes(number.asLong()) : number.asLong();
    if (size < 0) {
      throw new FormatException(source + ": " + Long.toUnsignedString(size) + " bytes");
    }
    return size;
  }
}
