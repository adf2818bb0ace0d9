// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.deb.DebVersion;
import dev.slipway.deb.Dependency;
import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One version of a package as an archive offers it. Two are equal when they are the same stanza of
 * the same index.
 *
 * <p>Dependency fields are read when first asked for, and then kept.
 */
public final class BinaryPackage {
  private final PackageIndex index;
  private final int number;
  private final String name;
  private final DebVersion version;
  private final String architecture;
  private final String multiArch;
  private final boolean essential;
  private final boolean important;
  private final Priority priority;
  private final Map<IndexField, List<Dependency>> relations = new EnumMap<>(IndexField.class);

  /**
   * How much a distribution wants a package, most wanted first. One that says nothing comes first
   * of all, as apt has it.
   */
  public enum Priority {
    UNSAID,
    REQUIRED,
    IMPORTANT,
    STANDARD,
    OPTIONAL,
    EXTRA;

    static Priority of(String text) {
      for (Priority priority : values()) {
        if (priority.name().equalsIgnoreCase(text)) {
          return priority;
        }
      }
      return EXTRA;
    }
  }

  BinaryPackage(PackageIndex index, int number) throws FormatException {
    this.index = index;
    this.number = number;
    this.name = value(IndexField.PACKAGE);
    this.version = version(value(IndexField.VERSION));
    this.architecture = value(IndexField.ARCHITECTURE);
    String multi = value(IndexField.MULTI_ARCH);
    this.multiArch = multi == null ? "no" : multi.toLowerCase(Locale.ROOT);
    this.essential = isYes(IndexField.ESSENTIAL);
    this.important = isYes(IndexField.PROTECTED) || isYes(IndexField.IMPORTANT);
    String wanted = value(IndexField.PRIORITY);
    this.priority = wanted == null ? Priority.UNSAID : Priority.of(wanted);
  }

  private DebVersion version(String text) throws FormatException {
    try {
      return DebVersion.parse(text);
    } catch (IllegalArgumentException e) {
      throw new FormatException(
          index.sourceName() + ": package " + name + ": Version: " + e.getMessage(), e);
    }
  }

  private boolean isYes(IndexField field) {
    return "yes".equalsIgnoreCase(value(field));
  }

  private String value(IndexField field) {
    return index.stanzas().value(number, field);
  }

  private String require(IndexField field) throws FormatException {
    String value = value(field);
    if (value == null || value.isEmpty()) {
      throw new FormatException(where() + ": the field " + field.title + " is missing");
    }
    return value;
  }

  private long number(IndexField field) throws FormatException {
    String text = require(field);
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new FormatException(
        where() + ": " + field.title + ": found \"" + text + "\", expected a number");
  }

  private String where() {
    return index.sourceName() + ": package " + name + " " + version;
  }

  /** The index that offers it. */
  public PackageIndex index() {
    return index;
  }

  public String name() {
    return name;
  }

  public DebVersion version() {
    return version;
  }

  /** A Debian architecture, or {@code all}. */
  public String architecture() {
    return architecture;
  }

  /** {@code no}, {@code same}, {@code foreign} or {@code allowed}. */
  public String multiArch() {
    return multiArch;
  }

  /** Whether no system may be without it. */
  public boolean isEssential() {
    return essential;
  }

  /** Whether it says {@code Protected: yes} or {@code Important: yes}. */
  public boolean isProtected() {
    return important;
  }

  public Priority priority() {
    return priority;
  }

  /** Empty when the index does not say. */
  public String section() {
    String section = value(IndexField.SECTION);
    return section == null ? "" : section;
  }

  /** The name of the source package it was built from. */
  public String source() {
    String source = value(IndexField.SOURCE);
    if (source == null) {
      return name;
    }
    int space = source.indexOf(' ');
    return space < 0 ? source : source.substring(0, space);
  }

  /** The version of the source package it was built from. */
  public String sourceVersion() {
    String source = value(IndexField.SOURCE);
    int open = source == null ? -1 : source.indexOf('(');
    int close = source == null ? -1 : source.indexOf(')');
    return open < 0 || close < open
        ? version.toString()
        : source.substring(open + 1, close).strip();
  }

  /** Where the file lies below the archive's base address. */
  public String filename() throws FormatException {
    String filename = require(IndexField.FILENAME);
    for (String step : filename.split("/", -1)) {
      if (step.equals("..")) {
        throw new FormatException(
            where() + ": Filename: \"" + filename + "\" leads out of the archive");
      }
    }
    return filename;
  }

  /** The file's size in bytes. */
  public long size() throws FormatException {
    return number(IndexField.SIZE);
  }

  /** About how much it takes when installed, in KiB; 0 when the index does not say. */
  public long installedKib() throws FormatException {
    return value(IndexField.INSTALLED_SIZE) == null ? 0 : number(IndexField.INSTALLED_SIZE);
  }

  /** The file's SHA-256. */
  public Digest digest() throws FormatException {
    String hex = require(IndexField.SHA256);
    try {
      return Digest.parse(hex);
    } catch (IllegalArgumentException e) {
      throw new FormatException(where() + ": SHA256: " + e.getMessage(), e);
    }
  }

  public List<Dependency> preDepends() throws FormatException {
    return relations(IndexField.PRE_DEPENDS);
  }

  public List<Dependency> depends() throws FormatException {
    return relations(IndexField.DEPENDS);
  }

  public List<Dependency> recommends() throws FormatException {
    return relations(IndexField.RECOMMENDS);
  }

  public List<Dependency> suggests() throws FormatException {
    return relations(IndexField.SUGGESTS);
  }

  public List<Dependency> conflicts() throws FormatException {
    return relations(IndexField.CONFLICTS);
  }

  public List<Dependency> breaks() throws FormatException {
    return relations(IndexField.BREAKS);
  }

  /**
   * Names it stands for, each an item of one alternative, with the operator {@code =} when it says
   * a version.
   */
  public List<Dependency> provides() throws FormatException {
    return relations(IndexField.PROVIDES);
  }

  synchronized List<Dependency> relations(IndexField field) throws FormatException {
    List<Dependency> read = relations.get(field);
    if (read == null) {
      String text = value(field);
      read = text == null ? List.of() : Dependency.parseAll(text, where() + ": " + field.title);
      relations.put(field, read);
    }
    return read;
  }

  int numberInIndex() {
    return number;
  }

  /** {@code libc6 2.36-9}. */
  @Override
  public String toString() {
    return name + " " + version;
  }
}
