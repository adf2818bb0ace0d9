// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.deb.Stanza;
import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an archive says about one of its suites: who it is, when it was written, and the size and
 * SHA-256 of every index. MD5 and SHA-1 lists are read past.
 *
 * @see <a href="https://wiki.debian.org/DebianRepository/Format#A.22Release.22_files">the
 *     format</a>
 */
public final class ReleaseFile {
  /** An index as listed. */
  record Listed(long size, Digest digest) {}

  private static final Pattern DATE =
      Pattern.compile("\\s*(?:[A-Za-z]+,\\s*)?(.*\\S)\\s+(?:UTC|GMT|Z|[+-]00:?00)\\s*");
  private static final DateTimeFormatter DATE_BODY =
      DateTimeFormatter.ofPattern("d MMM uuuu H:mm:ss", Locale.ENGLISH);
  private static final Pattern LINE =
      Pattern.compile("([0-9a-fA-F]{64})\\s+([0-9]{1,18})\\s+(\\S+)");

  private final Stanza stanza;
  private final Optional<Instant> date;
  private final Optional<Instant> validUntil;
  private final Map<String, Listed> files;

  private ReleaseFile(
      Stanza stanza,
      Optional<Instant> date,
      Optional<Instant> validUntil,
      Map<String, Listed> files) {
    this.stanza = stanza;
    this.date = date;
    this.validUntil = validUntil;
    this.files = files;
  }

  static ReleaseFile parse(byte[] text, String source) throws IOException {
    List<Stanza> stanzas = Stanza.readAll(new ByteArrayInputStream(text), source);
    if (stanzas.size() != 1) {
      throw new FormatException(
          source + ": expected one stanza, found " + stanzas.size() + "; it is no Release file");
    }
    Stanza stanza = stanzas.get(0);
    String list = stanza.require("SHA256", source);
    var files = new LinkedHashMap<String, Listed>();
    for (String line : list.strip().split("\n")) {
      Matcher matcher = LINE.matcher(line.strip());
      if (matcher.matches()) {
        long size = Long.parseLong(matcher.group(2));
        files.put(matcher.group(3), new Listed(size, Digest.parse(matcher.group(1))));
      } else if (!line.isBlank()) {
        throw new FormatException(
            source + ": SHA256: expected digest, size and path, found \"" + line.strip() + "\"");
      }
    }
    return new ReleaseFile(
        stanza, date(stanza, "Date", source), date(stanza, "Valid-Until", source), files);
  }

  private static Optional<Instant> date(Stanza stanza, String field, String source)
      throws FormatException {
    Optional<String> text = stanza.get(field);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Matcher matcher = DATE.matcher(text.get());
    try {
      if (matcher.matches()) {
        return Optional.of(
            LocalDateTime.parse(matcher.group(1), DATE_BODY).toInstant(ZoneOffset.UTC));
      }
    } catch (DateTimeException e) {
      // said below
    }
    throw new FormatException(
        source
            + ": "
            + field
            + ": found \""
            + text.get()
            + "\", expected a time such as \"Sat, 11 Jul 2026 10:16:37 UTC\"");
  }

  private String field(String name) {
    return stanza.get(name).orElse("");
  }

  /** Who publishes the archive: {@code Debian}. */
  public String origin() {
    return field("Origin");
  }

  public String label() {
    return field("Label");
  }

  /** What the suite is at present: {@code stable}. */
  public String suite() {
    return field("Suite");
  }

  /** What it is called for ever: {@code bookworm}. */
  public String codename() {
    return field("Codename");
  }

  /** The point release: {@code 12.5}. */
  public String version() {
    return field("Version");
  }

  /** When it was written. */
  public Optional<Instant> date() {
    return date;
  }

  /** Until when it may be believed; empty when it sets no end. */
  public Optional<Instant> validUntil() {
    return validUntil;
  }

  /** Whether indexes lie under their digests too. */
  boolean offersByHash() {
    return AptConf.yes(field("Acquire-By-Hash"), false);
  }

  /** The priority of its packages that follows from what it says about itself. */
  int priority() {
    return IndexOrigin.priorityOf(
        AptConf.yes(field("NotAutomatic"), false),
        AptConf.yes(field("ButAutomaticUpgrades"), false));
  }

  /** Whether packages for all architectures have an index of their own. */
  boolean separatesArchitectureAll() {
    return architectures().contains("all")
        && !words("No-Support-for-Architecture-all").contains("Packages");
  }

  List<String> architectures() {
    return words("Architectures");
  }

  List<String> components() {
    return words("Components");
  }

  private List<String> words(String name) {
    String value = field(name).strip();
    return value.isEmpty() ? List.of() : List.of(value.split("\\s+"));
  }

  Optional<Listed> file(String path) {
    return Optional.ofNullable(files.get(path));
  }

  /** Whether it is what somebody means who asks for this suite. */
  boolean answersTo(String asked) {
    String plain = asked.replaceFirst("/+updates$", "-security").replaceFirst("/+$", "");
    boolean nameless = suite().isEmpty() && codename().isEmpty();
    return nameless
        || List.of(suite(), codename()).contains(asked)
        || List.of(suite(), codename()).contains(plain);
  }

  /** {@code Debian bookworm 12.5}. */
  @Override
  public String toString() {
    return (origin() + " " + (codename().isEmpty() ? suite() : codename()) + " " + version())
        .strip();
  }
}
