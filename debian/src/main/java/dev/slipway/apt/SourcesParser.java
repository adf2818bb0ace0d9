// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.deb.Stanza;
import dev.slipway.io.FormatException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads both forms of sources.list(5): one line for each source, and deb822 stanzas. A stanza with
 * several addresses and suites becomes one entry for each pair. Source packages are passed over,
 * and so are addresses that only apt's own methods reach; those are noted.
 */
final class SourcesParser {
  private static final Set<String> SCHEMES = Set.of("http", "https", "file", "copy");

  private final List<SourceEntry> entries = new ArrayList<>();
  private final List<String> passedOver = new ArrayList<>();

  List<SourceEntry> entries() {
    return List.copyOf(entries);
  }

  /** Sources that we cannot reach, each with the reason. */
  List<String> passedOver() {
    return List.copyOf(passedOver);
  }

  /** Reads a file whose name ends in {@code .list}. */
  void oneLine(String text, String file) throws FormatException {
    String[] lines = text.split("\n");
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].replaceFirst("#.*", "").strip();
      if (!line.isEmpty()) {
        line(line, file + ":" + (i + 1));
      }
    }
  }

  private void line(String line, String where) throws FormatException {
    String rest = line;
    int typeEnd = indexOfBlank(rest);
    String type = rest.substring(0, typeEnd);
    if (type.equals("deb-src")) {
      return;
    }
    if (!type.equals("deb")) {
      throw new FormatException(where + ": found \"" + shown(type) + "\", expected deb or deb-src");
    }
    rest = rest.substring(typeEnd).strip();
    Map<String, String> options = Map.of();
    if (rest.startsWith("[")) {
      int end = rest.indexOf(']');
      if (end < 0) {
        throw new FormatException(where + ": the options' closing bracket is missing");
      }
      options = options(rest.substring(1, end).strip());
      rest = rest.substring(end + 1).strip();
    }
    List<String> words = List.of(rest.split("\\s+"));
    if (words.size() < 2) {
      throw new FormatException(
          where + ": expected an address, a suite and components, found \"" + shown(rest) + "\"");
    }
    add(words.get(0), words.get(1), words.subList(2, words.size()), options, where);
  }

  private static int indexOfBlank(String text) {
    int at = 0;
    while (at < text.length()
        && !Character.isWhitespace(text.charAt(at))
        && text.charAt(at) != '[') {
      at++;
    }
    return at;
  }

  private static Map<String, String> options(String text) {
    var options = new LinkedHashMap<String, String>();
    for (String option : text.split("\\s+")) {
      int equal = option.indexOf('=');
      if (equal > 0) {
        options.put(
            option.substring(0, equal).toLowerCase(Locale.ROOT), option.substring(equal + 1));
      }
    }
    return options;
  }

  /** Reads a file whose name ends in {@code .sources}. */
  void deb822(String text, String file) throws FormatException {
    int number = 0;
    for (Stanza stanza : Stanza.readAll(text, file)) {
      number++;
      String where = file + ": stanza " + number;
      List<String> types = words(stanza.require("Types", where));
      if (!AptConf.yes(stanza.get("Enabled").orElse("yes"), true) || !types.contains("deb")) {
        continue;
      }
      var options = new LinkedHashMap<String, String>();
      stanza.asMap().forEach((name, value) -> options.put(optionName(name), value));
      List<String> components = words(stanza.get("Components").orElse(""));
      for (String uri : words(stanza.require("URIs", where))) {
        for (String suite : words(stanza.require("Suites", where))) {
          add(uri, suite, suite.endsWith("/") ? List.of() : components, options, where);
        }
      }
    }
  }

  /** One-line sources shorten some names. */
  private static String optionName(String field) {
    String name = field.toLowerCase(Locale.ROOT);
    return name.startsWith("architectures") ? name.replace("architectures", "arch") : name;
  }

  private static List<String> words(String value) {
    String stripped = value.strip();
    return stripped.isEmpty() ? List.of() : List.of(stripped.split("\\s+"));
  }

  private void add(
      String address,
      String suite,
      List<String> components,
      Map<String, String> options,
      String where)
      throws FormatException {
    URI base = address(address, where);
    if (!SCHEMES.contains(base.getScheme())) {
      passedOver.add(where + ": \"" + base.getScheme() + ":\" addresses are not supported");
      return;
    }
    String signedBy = options.getOrDefault("signed-by", "");
    try {
      entries.add(
          new SourceEntry(
              base,
              suite,
              components,
              architectures(options),
              signedBy.isBlank() ? SignedBy.anyTrusted() : SignedBy.parse(signedBy, where),
              AptConf.yes(options.getOrDefault("trusted", ""), false),
              byHash(options.getOrDefault("by-hash", "")),
              checkValidUntil(options),
              Optional.empty(),
              where));
    } catch (IllegalArgumentException e) {
      throw new FormatException(e.getMessage(), e);
    }
  }

  private static URI address(String text, String where) throws FormatException {
    try {
      URI uri = new URI(text);
      if (uri.getScheme() == null) {
        throw new FormatException(where + ": \"" + shown(text) + "\" is not an address");
      }
      if (uri.getScheme().startsWith("http") && uri.getHost() == null) {
        throw new FormatException(where + ": the address names no host");
      }
      return "copy".equals(uri.getScheme())
          ? new URI("file:" + uri.getRawSchemeSpecificPart())
          : uri;
    } catch (URISyntaxException e) {
      throw new FormatException(where + ": the address is not valid");
    }
  }

  /**
   * Without what may be a password, which messages must not show. The exception about a bad address
   * holds it too, so it is never a cause.
   */
  private static String shown(String text) {
    return text.replaceAll("(?<!\\S)\\S*@", "***@");
  }

  private static List<String> architectures(Map<String, String> options) {
    var all = new ArrayList<>(list(options.getOrDefault("arch", "")));
    for (String more : list(options.getOrDefault("arch+", ""))) {
      if (!all.isEmpty()) {
        all.add(more); // added to all there are, they change nothing
      }
    }
    all.removeAll(list(options.getOrDefault("arch-", options.getOrDefault("arch-remove", ""))));
    return all;
  }

  private static List<String> list(String value) {
    String stripped = value.strip();
    return stripped.isEmpty() ? List.of() : List.of(stripped.split("[,\\s]+"));
  }

  private static SourceEntry.ByHash byHash(String value) {
    if (value.equalsIgnoreCase("force")) {
      return SourceEntry.ByHash.ALWAYS;
    }
    return AptConf.yes(value, true) ? SourceEntry.ByHash.IF_OFFERED : SourceEntry.ByHash.NEVER;
  }

  private static Optional<Boolean> checkValidUntil(Map<String, String> options) {
    String value = options.getOrDefault("check-valid-until", "");
    return value.isBlank() ? Optional.empty() : Optional.of(AptConf.yes(value, true));
  }
}
