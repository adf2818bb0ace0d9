// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which proxy serves which address. A rule for one host goes before the rule for its scheme; {@code
 * DIRECT} in a rule means no proxy; hosts on the list of exceptions never get one.
 *
 * <p>A value made by {@link #none} and the methods that add rules; addresses are as people write
 * them: {@code http://login:password@proxy:3128/}.
 */
public final class Proxies {
  private static final Proxies NONE = new Proxies(Map.of(), List.of());
  private static final String DIRECT = "DIRECT";
  private static final int DEFAULT_PORT = 3128;

  private final Map<String, String> rules; // "scheme" or "scheme host" to an address or DIRECT
  private final List<String> exceptions;

  /**
   * A proxy.
   *
   * @param login {@code user:password}, if it asks for one
   */
  record Address(String host, int port, Optional<String> login) {}

  private Proxies(Map<String, String> rules, List<String> exceptions) {
    this.rules = rules;
    this.exceptions = exceptions;
  }

  /** No proxy for anything. */
  public static Proxies none() {
    return NONE;
  }

  /**
   * What {@code http_proxy}, {@code https_proxy} and {@code no_proxy} say. Lower case first; {@code
   * HTTP_PROXY} is not read, because web servers set it from what strangers send.
   */
  public static Proxies ofEnvironment(Map<String, String> environment) {
    Proxies proxies = NONE;
    String http = environment.getOrDefault("http_proxy", "");
    String https =
        environment.getOrDefault("https_proxy", environment.getOrDefault("HTTPS_PROXY", ""));
    if (!http.isBlank()) {
      proxies = proxies.scheme("http", http);
    }
    if (!https.isBlank()) {
      proxies = proxies.scheme("https", https);
    }
    String none = environment.getOrDefault("no_proxy", environment.getOrDefault("NO_PROXY", ""));
    return none.isBlank() ? proxies : proxies.except(List.of(none.split("[,\\s]+")));
  }

  /** Adds a rule for all hosts of a scheme. */
  public Proxies scheme(String scheme, String address) {
    return rule(scheme.toLowerCase(Locale.ROOT), address);
  }

  /** Adds a rule for one host. */
  public Proxies host(String scheme, String host, String address) {
    return rule(key(scheme, host), address);
  }

  /** Adds hosts without a proxy: a host, a domain (also written {@code .domain}), or {@code *}. */
  public Proxies except(List<String> hosts) {
    var all = new java.util.ArrayList<>(exceptions);
    for (String host : hosts) {
      if (!host.isBlank()) {
        all.add(host.strip().toLowerCase(Locale.ROOT));
      }
    }
    return new Proxies(rules, List.copyOf(all));
  }

  private Proxies rule(String key, String address) {
    var all = new LinkedHashMap<>(rules);
    all.put(key, address.strip());
    return new Proxies(Map.copyOf(all), exceptions);
  }

  /** The proxy for an address, if it needs one. */
  Optional<Address> forUri(URI uri) throws FetchException {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    String rule = rules.getOrDefault(key(scheme, host), rules.getOrDefault(scheme, DIRECT));
    if (rule.isEmpty() || rule.equalsIgnoreCase(DIRECT) || isException(host)) {
      return Optional.empty();
    }
    return Optional.of(parse(rule, uri));
  }

  private boolean isException(String host) {
    for (String exception : exceptions) {
      String name = exception.replaceFirst("^\\*?\\.", "");
      if (exception.equals("*") || host.equals(name) || host.endsWith("." + name)) {
        return true;
      }
    }
    return false;
  }

  private static Address parse(String rule, URI wanted) throws FetchException {
    URI proxy;
    try {
      proxy = new URI(rule.contains("://") ? rule : "http://" + rule);
    } catch (URISyntaxException e) {
      throw new FetchException(
          FetchException.Kind.UNREACHABLE,
          wanted,
          "the proxy configured for it has no valid address; write http://host:port/");
    }
    if (!"http".equalsIgnoreCase(proxy.getScheme()) || proxy.getHost() == null) {
      throw new FetchException(
          FetchException.Kind.BAD_ANSWER,
          wanted,
          "the proxy "
              + FetchException.withoutLogin(proxy)
              + " cannot be used; only proxies of the form http://host:port/ are");
    }
    int port = proxy.getPort() < 0 ? DEFAULT_PORT : proxy.getPort();
    return new Address(proxy.getHost(), port, Optional.ofNullable(proxy.getUserInfo()));
  }

  private static String key(String scheme, String host) {
    return scheme.toLowerCase(Locale.ROOT) + " " + host.toLowerCase(Locale.ROOT);
  }
}
