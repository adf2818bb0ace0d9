// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.deb.DebVersion;
import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The text of a lock file: writer and reader. */
final class LockFileText {
  private static final String FORMAT = "slipway-lock 1";
  private static final String COMMENT =
      "# The packages of an image. Keep this file beside the specification; renew it with --update.\n";
  private static final String NONE = "-";
  private static final int PACKAGE_WORDS = 8;

  private enum Section {
    HEAD,
    SOURCES,
    IMAGE,
    BUILD,
    USERS,
    GROUPS;

    private String title() {
      return "[" + name().toLowerCase(java.util.Locale.ROOT) + "]";
    }
  }

  private final String sourceName;
  private final List<LockedSource> sources = new ArrayList<>();
  private final List<LockedPackage> image = new ArrayList<>();
  private final List<LockedPackage> build = new ArrayList<>();
  private final List<String> users = new ArrayList<>();
  private final List<String> groups = new ArrayList<>();
  private final Set<String> seen = new LinkedHashSet<>();
  private Platform platform;
  private Digest request;
  private long timeSeconds = -1;
  private int lineNumber;

  LockFileText(String sourceName) {
    this.sourceName = sourceName;
  }

  // ---- writing

  static String format(LockFile lock) {
    var out = new StringBuilder();
    out.append(FORMAT).append('\n').append(COMMENT);
    out.append("platform ").append(lock.platform()).append('\n');
    out.append("request ").append(lock.request()).append('\n');
    out.append("time ").append(lock.timeSeconds()).append('\n');
    out.append('\n').append(Section.SOURCES.title()).append('\n');
    for (int i = 0; i < lock.sources().size(); i++) {
      LockedSource source = lock.sources().get(i);
      out.append(i)
          .append(' ')
          .append(word(source.suite()))
          .append(' ')
          .append(word(source.codename()));
      out.append(' ')
          .append(word(source.component()))
          .append(' ')
          .append(word(source.origin()))
          .append('\n');
    }
    packages(out, Section.IMAGE, lock.image());
    packages(out, Section.BUILD, lock.build());
    lines(out, Section.USERS, lock.users());
    lines(out, Section.GROUPS, lock.groups());
    return out.toString();
  }

  private static void packages(StringBuilder out, Section section, List<LockedPackage> packages) {
    out.append('\n').append(section.title()).append('\n');
    for (LockedPackage locked : packages) {
      out.append(locked.name())
          .append(' ')
          .append(locked.version())
          .append(' ')
          .append(locked.architecture());
      out.append(' ')
          .append(locked.asked() ? "asked" : "needed")
          .append(' ')
          .append(locked.source());
      out.append(' ')
          .append(locked.sizeBytes())
          .append(' ')
          .append(locked.digest())
          .append(' ')
          .append(locked.filename())
          .append('\n');
    }
  }

  private static void lines(StringBuilder out, Section section, List<String> lines) {
    out.append('\n').append(section.title()).append('\n');
    lines.forEach(line -> out.append(line).append('\n'));
  }

  private static String word(String text) {
    return text.isEmpty() ? NONE : text;
  }

  // ---- reading

  LockFile parse(String text) throws FormatException {
    Section section = Section.HEAD;
    for (String line : text.split("\n", -1)) {
      lineNumber++;
      if (lineNumber == 1) {
        requireFormat(line);
      } else if (line.startsWith("[")) {
        section = section(line, section);
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        line(section, line);
      }
    }
    if (!text.endsWith("\n") || section != Section.GROUPS) {
      throw wrong(
          "the file ends in the middle, in "
              + (section == Section.HEAD ? "its head" : section.title())
              + "; it was cut off");
    }
    if (platform == null || request == null || timeSeconds < 0) {
      throw new FormatException(
          sourceName
              + ": the line \""
              + (platform == null ? "platform" : request == null ? "request" : "time")
              + "\" is missing");
    }
    return new LockFile(platform, request, timeSeconds, sources, image, build, users, groups);
  }

  private void requireFormat(String line) throws FormatException {
    if (!line.equals(FORMAT)) {
      String found = line.length() <= 60 ? line : line.substring(0, 57) + "...";
      throw wrong(
          "found \""
              + found
              + "\", expected \""
              + FORMAT
              + "\""
              + (line.startsWith("slipway-lock ") ? "; a newer program wrote it" : ""));
    }
  }

  /** Sections stand in one order, each once, so that the same choice has one text. */
  private Section section(String line, Section before) throws FormatException {
    Section expected =
        Section.values()[Math.min(before.ordinal() + 1, Section.values().length - 1)];
    if (before == expected || !line.equals(expected.title())) {
      throw wrong(
          "found \""
              + line
              + "\", expected "
              + (before == expected ? "no further section" : expected.title()));
    }
    return expected;
  }

  private void line(Section section, String line) throws FormatException {
    switch (section) {
      case HEAD -> head(line);
      case SOURCES -> source(line);
      case IMAGE -> image.add(locked(line, "image"));
      case BUILD -> build.add(locked(line, "build"));
      case USERS -> account(users, line, 7, "user");
      case GROUPS -> account(groups, line, 4, "group");
    }
  }

  private void head(String line) throws FormatException {
    String[] words = line.split(" ", -1);
    try {
      if (words[0].equals("platform") && words.length == 4 && platform == null) {
        platform = Platform.of(words[1], words[2], words[3]);
        return;
      }
      if (words[0].equals("request") && words.length == 2 && request == null) {
        request = Digest.parse(words[1]);
        return;
      }
      if (words[0].equals("time") && words.length == 2 && timeSeconds < 0) {
        timeSeconds = number(words[1], "time");
        return;
      }
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
    throw wrong(
        "found \""
            + line
            + "\", expected \"platform DISTRIBUTION SUITE ARCHITECTURE\", \"request DIGEST\" or \"time SECONDS\", each once");
  }

  private void source(String line) throws FormatException {
    String[] words = line.split(" ", 5);
    if (words.length != 5 || !words[0].equals(String.valueOf(sources.size()))) {
      throw wrong(
          "found \""
              + line
              + "\", expected \""
              + sources.size()
              + " SUITE CODENAME COMPONENT ORIGIN\"");
    }
    sources.add(new LockedSource(read(words[1]), read(words[2]), read(words[3]), read(words[4])));
  }

  private static String read(String word) {
    return word.equals(NONE) ? "" : word;
  }

  private LockedPackage locked(String line, String set) throws FormatException {
    String[] words = line.split(" ", PACKAGE_WORDS);
    if (words.length != PACKAGE_WORDS
        || words[0].isEmpty()
        || words[2].isEmpty()
        || words[7].isEmpty()) {
      throw wrong(
          "a package's line has its name, version, architecture, asked or needed, source, size, digest and path");
    }
    if (!seen.add(set + " " + words[0])) {
      throw wrong("the package " + words[0] + " is there twice");
    }
    if (!words[3].equals("asked") && !words[3].equals("needed")) {
      throw wrong(words[0] + ": found \"" + words[3] + "\", expected asked or needed");
    }
    long source = number(words[4], words[0] + ": source");
    if (source >= sources.size()) {
      throw wrong(words[0] + ": source " + source + " is not in [sources]");
    }
    try {
      return new LockedPackage(
          words[0],
          DebVersion.parse(words[1]),
          words[2],
          number(words[5], words[0] + ": size"),
          Digest.parse(words[6]),
          (int) source,
          words[3].equals("asked"),
          words[7]);
    } catch (IllegalArgumentException e) {
      throw wrong(words[0] + ": " + e.getMessage());
    }
  }

  private long number(String word, String what) throws FormatException {
    if (word.isEmpty() || word.length() > 18 || !word.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw wrong(what + ": found \"" + word + "\", expected a number");
    }
    return Long.parseLong(word);
  }

  private void account(List<String> accounts, String line, int fields, String kind)
      throws FormatException {
    String problem = accountProblem(line, fields);
    if (problem != null) {
      throw wrong("found \"" + line + "\": " + problem);
    }
    String name = line.substring(0, line.indexOf(':'));
    if (!seen.add(kind + " " + name)) {
      throw wrong("the " + kind + " " + name + " is there twice");
    }
    accounts.add(line);
  }

  /** What is wrong with a line of passwd or group; null when nothing is. */
  static String accountProblem(String line, int fields) {
    String[] parts = line.split(":", -1);
    if (parts.length != fields
        || parts[0].isEmpty()
        || "#[".indexOf(parts[0].charAt(0)) >= 0
        || line.indexOf('\n') >= 0) {
      return "expected " + fields + " fields with colons between them, the first a name";
    }
    boolean number =
        !parts[2].isEmpty()
            && parts[2].length() <= 10
            && parts[2].chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? null : "the third field is not a number";
  }

  static long accountNumber(String line) {
    return Long.parseLong(line.split(":", -1)[2]);
  }

  private FormatException wrong(String what) {
    return new FormatException(sourceName + ": line " + lineNumber + ": " + what);
  }
}
