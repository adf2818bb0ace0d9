// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Names and passwords for servers, in the form of apt's {@code auth.conf}, which is netrc's:
 *
 * <pre>
 * machine [scheme://]host[:port][/path] login NAME password SECRET
 * </pre>
 *
 * <p>An entry without a scheme serves https alone, so that a password never leaves the machine
 * readable by accident; one that says {@code http://} serves http. The first entry that fits is
 * taken.
 */
public final class Logins {
  private static final Logins NONE = new Logins(List.of());

  private record Entry(String scheme, String host, int port, String path, String login) {
    boolean fits(URI uri) {
      return uri.getScheme().equalsIgnoreCase(scheme)
          && uri.getHost().equalsIgnoreCase(host)
          && (port < 0 || port == uri.getPort())
          && inPath(uri.getRawPath());
    }

    private boolean inPath(String wanted) {
      return wanted.startsWith(path)
          && (path.endsWith("/")
              || wanted.length() == path.length()
              || wanted.charAt(path.length()) == '/');
    }
  }

  private final List<Entry> entries;

  private Logins(List<Entry> entries) {
    this.entries = entries;
  }

  /** None. */
  public static Logins none() {
    return NONE;
  }

  /**
   * Reads a file's text.
   *
   * @param source the file's name in error messages, which never quote a password
   * @throws IllegalArgumentException if a word is not understood
   */
  public static Logins parse(String text, String source) {
    var entries = new ArrayList<Entry>();
    var words = new ArrayList<String>();
    for (String line : text.split("\n")) {
      if (!line.strip().startsWith("#") && !line.isBlank()) {
        words.addAll(List.of(line.strip().split("\\s+")));
      }
    }
    String machine = null;
    String name = "";
    String password = "";
    for (int i = 0; i < words.size(); i += 2) {
      String key = words.get(i);
      if (key.equals("default") || i + 1 >= words.size()) {
        throw new IllegalArgumentException(
            source + ": \"" + key + "\": expected machine HOST login NAME password SECRET");
      }
      String value = words.get(i + 1);
      if (key.equals("machine")) {
        if (machine != null) {
          entries.add(entry(machine, name + ":" + password, source));
        }
        machine = value;
        name = "";
        password = "";
      } else if (key.equals("login") && machine != null) {
        name = value;
      } else if (key.equals("password") && machine != null) {
        password = value;
      } else {
        throw new IllegalArgumentException(
            source
                + ": word "
                + (i + 1)
                + " is none of machine, login and password, or stands before the first machine");
      }
    }
    if (machine != null) {
      entries.add(entry(machine, name + ":" + password, source));
    }
    return new Logins(List.copyOf(entries));
  }

  private static Entry entry(String machine, String login, String source) {
    int schemeEnd = machine.indexOf("://");
    String scheme =
        schemeEnd < 0 ? "https" : machine.substring(0, schemeEnd).toLowerCase(Locale.ROOT);
    String rest = schemeEnd < 0 ? machine : machine.substring(schemeEnd + 3);
    int slash = rest.indexOf('/');
    String path = slash < 0 ? "/" : rest.substring(slash);
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    int colon = authority.lastIndexOf(':');
    if (colon < 0 || authority.endsWith("]")) {
      return new Entry(scheme, authority, -1, path, login);
    }
    try {
      int port = Integer.parseInt(authority.substring(colon + 1));
      return new Entry(scheme, authority.substring(0, colon), port, path, login);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          source + ": machine " + machine + ": the port is not a number", e);
    }
  }

  /** These, then others. */
  public Logins plus(Logins others) {
    var all = new ArrayList<>(entries);
    all.addAll(others.entries);
    return new Logins(List.copyOf(all));
  }

  /** {@code name:password} for an address, if there is one. */
  Optional<String> forUri(URI uri) {
    return entries.stream().filter(entry -> entry.fits(uri)).findFirst().map(Entry::login);
  }

  /** How many entries there are; never what they say. */
  @Override
  public String toString() {
    return entries.size() + " logins";
  }
}
