// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The choice of packages, kept: what a build takes next time as well, byte for byte, until it is
 * renewed on purpose.
 *
 * <p>Beside the packages it keeps the numbers that users and groups got when the packages were
 * configured, so that data on a machine never changes its owner from one release to the next. The
 * text is made for people and version control: one line for each thing, in a fixed order. See
 * {@code docs/formats/lock-file.md}.
 *
 * @param platform what the packages are for
 * @param request what was asked for when they were chosen: see {@link #answers}
 * @param timeSeconds the newest date of the archives they were chosen from, since 1970, which
 *     images take for their own; 0 when it is not known
 * @param sources where they come from; packages name them by their place in this list
 * @param image the packages of the image, in the order of the bytes of their names
 * @param build packages that are only used for building, such as boot loaders; in the same order
 * @param users lines as {@code /etc/passwd} has them, in the order of their numbers
 * @param groups lines as {@code /etc/group} has them, without members, in the order of their
 *     numbers
 */
public record LockFile(
    Platform platform,
    Digest request,
    long timeSeconds,
    List<LockedSource> sources,
    List<LockedPackage> image,
    List<LockedPackage> build,
    List<String> users,
    List<String> groups) {

  public LockFile {
    if (timeSeconds < 0) {
      throw new IllegalArgumentException("a time before 1970: " + timeSeconds);
    }
    Objects.requireNonNull(platform);
    Objects.requireNonNull(request);
    sources = List.copyOf(sources);
    image = sorted(image, sources.size());
    build = sorted(build, sources.size());
    users = numbered(users, 7);
    groups = numbered(groups, 4);
  }

  /** A choice from archives of no known date. */
  public LockFile(
      Platform platform,
      Digest request,
      List<LockedSource> sources,
      List<LockedPackage> image,
      List<LockedPackage> build,
      List<String> users,
      List<String> groups) {
    this(platform, request, 0, sources, image, build, users, groups);
  }

  private static List<LockedPackage> sorted(List<LockedPackage> packages, int sources) {
    for (LockedPackage locked : packages) {
      if (locked.source() >= sources) {
        throw new IllegalArgumentException(
            locked + ": source " + locked.source() + ", but there are only " + sources);
      }
    }
    return packages.stream().sorted(Comparator.comparing(LockedPackage::name)).toList();
  }

  private static List<String> numbered(List<String> accounts, int fields) {
    for (String account : accounts) {
      String problem = LockFileText.accountProblem(account, fields);
      if (problem != null) {
        throw new IllegalArgumentException("\"" + account + "\": " + problem);
      }
    }
    return accounts.stream()
        .sorted(
            Comparator.comparingLong(LockFileText::accountNumber)
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  /**
   * Keeps a choice. The numbers of users and groups come later, when the packages are configured:
   * see {@link #withAccounts}.
   *
   * @param request the digest of everything that decides about the packages
   * @param image the packages of the image
   * @param build packages only used for building
   */
  public static LockFile of(Platform platform, Digest request, Resolution image, Resolution build)
      throws FormatException {
    Map<IndexOrigin, Integer> numbers =
        new TreeMap<>(
            Comparator.comparingInt(IndexOrigin::archive)
                .thenComparing(IndexOrigin::toString)
                .thenComparing(IndexOrigin::hashCode));
    for (Resolution resolution : List.of(image, build)) {
      resolution.packages().forEach(chosen -> numbers.put(chosen.index().origin(), 0));
    }
    var sources = new ArrayList<LockedSource>();
    for (Map.Entry<IndexOrigin, Integer> origin : numbers.entrySet()) {
      LockedSource source = LockedSource.of(origin.getKey());
      if (!sources.contains(source)) {
        sources.add(source);
      }
      origin.setValue(sources.indexOf(source));
    }
    return new LockFile(
        platform,
        request,
        sources,
        locked(image, numbers),
        locked(build, numbers),
        List.of(),
        List.of());
  }

  private static List<LockedPackage> locked(
      Resolution resolution, Map<IndexOrigin, Integer> numbers) throws FormatException {
    var locked = new ArrayList<LockedPackage>();
    for (BinaryPackage chosen : resolution.packages()) {
      locked.add(
          LockedPackage.of(
              chosen,
              numbers.get(chosen.index().origin()),
              resolution.asked().contains(chosen.name())));
    }
    return locked;
  }

  /** The same packages with these users and groups. */
  public LockFile withAccounts(List<String> passwdLines, List<String> groupLines) {
    return new LockFile(
        platform, request, timeSeconds, sources, image, build, passwdLines, groupLines);
  }

  /** The same packages, chosen from archives of this date. */
  public LockFile withTime(long newestSeconds) {
    return new LockFile(platform, request, newestSeconds, sources, image, build, users, groups);
  }

  /**
   * Whether the packages were chosen for exactly this request and platform. If not, they are chosen
   * anew; users and groups stay.
   */
  public boolean answers(Platform wanted, Digest request) {
    return platform.equals(wanted) && this.request.equals(request);
  }

  /** The source a package comes from. */
  public LockedSource sourceOf(LockedPackage locked) {
    return sources.get(locked.source());
  }

  /** The digest of the text. */
  public Digest digest() {
    return Digest.of(toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Reads a lock file; empty when there is none. */
  public static Optional<LockFile> read(Path path) throws IOException {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    return Optional.of(parse(Files.readString(path), path.getFileName().toString()));
  }

  /**
   * Reads the text of a lock file.
   *
   * @param sourceName named in errors
   * @throws FormatException naming the line
   */
  public static LockFile parse(String text, String sourceName) throws FormatException {
    return new LockFileText(sourceName).parse(text);
  }

  /** The text of the file. */
  @Override
  public String toString() {
    return LockFileText.format(this);
  }
}
