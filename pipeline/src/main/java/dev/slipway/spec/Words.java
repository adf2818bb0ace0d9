// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import dev.slipway.apt.Architecture;
import dev.slipway.apt.Distribution;
import dev.slipway.bootconfig.KernelCommandLine;
import dev.slipway.tree.TreePath;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values of a specification that are single words, checked. Every complaint says what would
 * fit.
 */
final class Words {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,62}");
  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.+~_-]{0,62}");
  private static final Pattern SUITE = Pattern.compile("[a-z0-9][a-z0-9./-]*");
  private static final Pattern PACKAGE =
      Pattern.compile("[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?(=\\S+)?");
  private static final Pattern UNIT =
      Pattern.compile(
          "[A-Za-z0-9:_.@\\\\-]+\\.(service|socket|target|timer|mount|automount|path|swap|slice|device)");
  private static final Pattern USER = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");
  private static final Pattern OWNER =
      Pattern.compile("([a-z_][a-z0-9_-]{0,31}|[0-9]{1,10}):([a-z_][a-z0-9_-]{0,31}|[0-9]{1,10})");
  private static final Pattern LOCALE =
      Pattern.compile("[A-Za-z]{1,8}(_[A-Z]{2})?(\\.[A-Za-z0-9-]+)?(@[a-z]+)?");
  private static final Pattern TIMEZONE = Pattern.compile("[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*");
  private static final Pattern KEYBOARD = Pattern.compile("[a-z0-9-]+");
  private static final Pattern REACHABLE = Pattern.compile("route|[A-Za-z0-9.-]+:[1-9][0-9]{0,4}");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)\\}");
  private static final Pattern SSH_KEY =
      Pattern.compile(
          "(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\\.com) [A-Za-z0-9+/=]+( .*)?");

  private static final List<String> ARCHITECTURES =
      Architecture.all().stream().map(Architecture::name).toList();
  private static final Set<String> SCHEMES = Set.of("http", "https", "file");
  static final Set<String> HOSTNAME_VARIABLES = Set.of("serial", "mac", "uuid", "machine-id");

  private Words() {}

  static String name(String text) {
    return matching(
        NAME,
        text,
        "a name holds lower-case letters, digits, \".\" and \"-\", and starts with a letter or digit");
  }

  static String version(String text) {
    return matching(VERSION, text, "a version holds letters, digits and \".+~_-\", such as 1.2");
  }

  static String suite(String text) {
    return matching(SUITE, text, "a suite is a word such as bookworm");
  }

  static Distribution distribution(String text) {
    return Distribution.of(text);
  }

  /** The distribution of a suite whose specification names none. */
  static Distribution distributionOf(String suite) {
    return Distribution.ofSuite(suite)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no known distribution has a suite \""
                        + suite
                        + "\""
                        + Suggestion.forWord(suite, Distribution.allSuites())
                        + " If there is one, name its distribution, such as \"distribution: debian\""));
  }

  /** The address of an archive. */
  static String archive(String text) {
    URI uri;
    try {
      uri = new URI(line(text));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no address of an archive: " + e.getReason(), e);
    }
    if (uri.getScheme() == null || !SCHEMES.contains(uri.getScheme())) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no address of an archive: it starts with http:, https: or file:");
    }
    return text;
  }

  static String kernelCommandLine(String text) {
    KernelCommandLine.parse(line(text));
    return text;
  }

  static String architecture(String text) {
    if (!ARCHITECTURES.contains(text)) {
      String near =
          switch (text) {
            case "x86_64", "x86-64", "x64" -> "; did you mean \"amd64\"?";
            case "aarch64" -> "; did you mean \"arm64\"?";
            default -> Suggestion.forWord(text, ARCHITECTURES);
          };
      throw new IllegalArgumentException(
          "unknown architecture \""
              + text
              + "\""
              + near
              + " Known are "
              + String.join(", ", ARCHITECTURES));
    }
    return text;
  }

  static String packageName(String text) {
    return matching(
        PACKAGE,
        text,
        "a package is named by lower-case letters, digits and \"+.-\", such as openssh-server or openssh-server=1:9.2");
  }

  static String unit(String text) {
    return matching(UNIT, text, "a unit is named with its kind, such as robot.service");
  }

  static String user(String text) {
    return matching(
        USER, text, "a user or group has at most 32 lower-case letters, digits, \"_\" and \"-\"");
  }

  static String owner(String text) {
    return matching(OWNER, text, "an owner is written user:group, such as root:root or 1000:1000");
  }

  static String locale(String text) {
    return matching(LOCALE, text, "a locale is written like C.UTF-8 or de_DE.UTF-8");
  }

  static String timezone(String text) {
    return matching(TIMEZONE, text, "a time zone is written like Etc/UTC or Europe/Berlin");
  }

  static String keyboard(String text) {
    return matching(KEYBOARD, text, "a keyboard layout is a word such as us or de");
  }

  static String reachable(String text) {
    return matching(
        REACHABLE,
        text,
        "what must answer is \"route\", or a host and its port such as update.example:443");
  }

  static String sshKey(String text) {
    return matching(
        SSH_KEY,
        text.strip(),
        "a key is one line of authorized_keys, starting with its type, such as ssh-ed25519");
  }

  static String passwordHash(String text) {
    if (!text.startsWith("$") || text.contains(":") || text.contains("\n")) {
      throw new IllegalArgumentException(
          "a password is given as a hash that starts with \"$\"; \"openssl passwd -6\" makes one");
    }
    return text;
  }

  static String hostname(String text) {
    Matcher matcher = VARIABLE.matcher(text);
    while (matcher.find()) {
      if (!HOSTNAME_VARIABLES.contains(matcher.group(1))) {
        throw new IllegalArgumentException(
            "unknown variable \"${"
                + matcher.group(1)
                + "}\""
                + Suggestion.forWord(matcher.group(1), HOSTNAME_VARIABLES)
                + " Known are ${serial}, ${mac}, ${uuid} and ${machine-id}");
      }
    }
    String rest = matcher.replaceAll("x");
    if (!rest.matches("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9-]+)*")) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is no host name; use letters, digits and \"-\", such as robot-${serial}");
    }
    return text;
  }

  static TreePath path(String text) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("a path in the image starts with \"/\": \"" + text + "\"");
    }
    TreePath path = TreePath.of(text);
    if (path.isRoot()) {
      throw new IllegalArgumentException("the root directory itself cannot be given");
    }
    return path;
  }

  static int mode(String text) {
    if (!text.matches("0?[0-7]{3,4}")) {
      throw new IllegalArgumentException(
          "a mode is three or four octal digits, such as \"0644\"; found \"" + text + "\"");
    }
    return Integer.parseInt(text, 8);
  }

  static long time(String text) {
    try {
      return text.matches("[0-9]{1,12}")
          ? Long.parseLong(text)
          : Instant.parse(text.contains("T") ? text : text + "T00:00:00Z").getEpochSecond();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "a time is seconds since 1970, 2026-01-31 or 2026-01-31T12:00:00Z; found \""
              + text
              + "\"",
          e);
    }
  }

  /** A whole number within bounds. */
  static int number(String text, int least, int most) {
    if (!text.matches("[0-9]{1,9}")
        || Integer.parseInt(text) < least
        || Integer.parseInt(text) > most) {
      throw new IllegalArgumentException(
          "expected a whole number from " + least + " to " + most + ", found \"" + text + "\"");
    }
    return Integer.parseInt(text);
  }

  /** One of the names of an enumeration, written in lower case with hyphens. */
  static <E extends Enum<E>> E choice(Class<E> type, String text) {
    var names = java.util.Arrays.stream(type.getEnumConstants()).map(Words::written).toList();
    for (E constant : type.getEnumConstants()) {
      if (written(constant).equals(text)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        "\""
            + text
            + "\" is none of "
            + String.join(", ", names)
            + Suggestion.forWord(text, names));
  }

  static String written(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Text without line breaks and control characters. */
  static String line(String text) {
    if (text.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
      throw new IllegalArgumentException("must be one line without control characters");
    }
    return text;
  }

  private static String matching(Pattern pattern, String text, String advice) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException(advice + "; found \"" + text + "\"");
    }
    return text;
  }
}
