// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.fetch.FetchOptions;
import dev.slipway.fetch.Logins;
import dev.slipway.fetch.Proxies;
import dev.slipway.signature.Keyring;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A machine's apt configuration, as far as it says where packages come from, how to get there and
 * whom to trust: sources of both forms, proxies, logins, keyrings, and whether dates are checked.
 *
 * <p>Not taken over: {@code Proxy-Auto-Detect} (a program that is asked for a proxy), {@code
 * #include}, and pinning by preferences, which concerns the machine itself.
 */
public final class AptConfiguration {
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.-]+");

  private final Path root;
  private final AptConf conf;
  private final Map<String, String> environment;
  private final List<SourceEntry> sources;
  private final List<String> passedOver;

  private AptConfiguration(
      Path root,
      AptConf conf,
      Map<String, String> environment,
      List<SourceEntry> sources,
      List<String> passedOver) {
    this.root = root;
    this.conf = conf;
    this.environment = environment;
    this.sources = sources;
    this.passedOver = passedOver;
  }

  /** This machine's. */
  public static AptConfiguration ofHost() throws IOException {
    return read(Path.of("/"), System.getenv());
  }

  /**
   * That of a machine below a directory.
   *
   * @param environment for {@code APT_CONFIG}, {@code http_proxy} and the like
   */
  public static AptConfiguration read(Path root, Map<String, String> environment)
      throws IOException {
    AptConf conf = AptConf.empty();
    String extra = environment.getOrDefault("APT_CONFIG", "");
    if (!extra.isEmpty() && Files.isReadable(root.resolve(extra.replaceFirst("^/+", "")))) {
      Path file = root.resolve(extra.replaceFirst("^/+", ""));
      conf = conf.with(text(file), file.toString());
    }
    for (Path part : parts(path(root, conf, "parts", "apt.conf.d"), "(|.*\\.conf|[^.]*)")) {
      conf = conf.with(text(part), part.toString());
    }
    Path main = path(root, conf, "main", "apt.conf");
    if (Files.isReadable(main)) {
      conf = conf.with(text(main), main.toString());
    }
    var parser = new SourcesParser();
    Path list = path(root, conf, "sourcelist", "sources.list");
    if (Files.isRegularFile(list)) {
      parser.oneLine(text(list), list.toString());
    }
    for (Path part :
        parts(path(root, conf, "sourceparts", "sources.list.d"), ".*\\.(list|sources)")) {
      if (part.toString().endsWith(".list")) {
        parser.oneLine(text(part), part.toString());
      } else {
        parser.deb822(text(part), part.toString());
      }
    }
    return new AptConfiguration(
        root, conf, Map.copyOf(environment), parser.entries(), parser.passedOver());
  }

  private static Path path(Path root, AptConf conf, String name, String otherwise) {
    String directory = conf.get("Dir::Etc").orElse("etc/apt");
    String file = conf.get("Dir::Etc::" + name).orElse(otherwise);
    String whole = file.startsWith("/") ? file : directory + "/" + file;
    return root.resolve(whole.replaceFirst("^/+", ""));
  }

  /** The files of a directory that apt reads, in its order; none if there is no such directory. */
  private static List<Path> parts(Path directory, String pattern) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> PART.matcher(file.getFileName().toString()).matches())
          .filter(file -> file.getFileName().toString().matches(pattern))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /** Where packages come from, in the order of the files. */
  public List<SourceEntry> sources() {
    return sources;
  }

  /** Sources that are left out, each with the reason. */
  public List<String> passedOver() {
    return passedOver;
  }

  /** Whether an archive that is past its date is refused. */
  public boolean checksValidUntil() {
    return conf.isSet("Acquire::Check-Valid-Until", true);
  }

  /** Whether an archive from the future is refused. */
  public boolean checksDate() {
    return conf.isSet("Acquire::Check-Date", true);
  }

  /** How to reach the mirrors: proxies and logins. */
  public FetchOptions fetchOptions() throws IOException {
    return FetchOptions.defaults().through(proxies()).with(logins());
  }

  private Proxies proxies() {
    Proxies proxies = Proxies.ofEnvironment(environment);
    for (String scheme : List.of("http", "https")) {
      // https takes over what http says, where it says nothing itself
      for (String from : scheme.equals("http") ? List.of("http") : List.of("http", "https")) {
        String name = "Acquire::" + from + "::Proxy";
        String all = conf.get(name).orElse("");
        if (!all.isBlank()) {
          proxies = proxies.scheme(scheme, all);
        }
        for (Map.Entry<String, String> host : conf.below(name).entrySet()) {
          proxies = proxies.host(scheme, host.getKey(), host.getValue());
        }
      }
    }
    return proxies;
  }

  private Logins logins() throws IOException {
    Logins logins = Logins.none();
    var files =
        new java.util.ArrayList<>(
            parts(path(root, conf, "netrcparts", "auth.conf.d"), ".*\\.conf|[^.]*"));
    files.add(0, path(root, conf, "netrc", "auth.conf"));
    for (Path file : files) {
      if (Files.isReadable(file)) {
        logins = logins.plus(Logins.parse(text(file), file.toString()));
      }
    }
    return logins;
  }

  /** The keys apt trusts for every source that does not say otherwise. */
  public Keyring trustedKeys() throws IOException {
    Keyring keyring = Keyring.empty();
    Path single = path(root, conf, "trusted", "trusted.gpg");
    if (Files.isReadable(single)) {
      keyring = keyring.plus(Keyring.read(single));
    }
    for (Path part : parts(path(root, conf, "trustedparts", "trusted.gpg.d"), ".*\\.(gpg|asc)")) {
      if (Files.isReadable(part)) {
        keyring = keyring.plus(Keyring.read(part));
      }
    }
    return keyring;
  }

  /** The keys that may sign a source. */
  public Keyring keys(SourceEntry source) throws IOException {
    SignedBy by = source.signedBy();
    boolean needsTrusted = by.files().isEmpty() && by.key().isEmpty();
    return by.keys(root, needsTrusted ? trustedKeys() : Keyring.empty(), source.where());
  }

  /** A path of this machine. */
  Path resolve(String absolute) {
    return root.resolve(absolute.replaceFirst("^/+", ""));
  }

  /** The number of sources; never what they say. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%d sources below %s", sources.size(), root);
  }
}
