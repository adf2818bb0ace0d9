// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import dev.slipway.apt.Distribution;
import dev.slipway.boot.RecoveryBurn;
import dev.slipway.io.Size;
import dev.slipway.spec.DiskSettings.Initramfs;
import dev.slipway.spec.DiskSettings.Layout;
import dev.slipway.spec.OwnEntry.Kind;
import dev.slipway.spec.Yaml.Entry;
import dev.slipway.spec.Yaml.Items;
import dev.slipway.spec.Yaml.Mapping;
import dev.slipway.spec.Yaml.Place;
import dev.slipway.spec.Yaml.Scalar;
import dev.slipway.tree.Content;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Reads specifications. Nothing is thrown before everything was looked at. */
final class SpecReader {
  private static final String OWNER_DEFAULT = "root:root";

  private final Fields.Report report = new Fields.Report();
  private final Set<Path> layers = new LinkedHashSet<>();

  /** Which keys were asked for in which mapping; the schema's test compares them. */
  Map<String, Set<String>> knownKeys() {
    return report.keys();
  }

  ImageSpec read(Path file) throws IOException {
    return finish(load(file, null, new LinkedHashSet<>()));
  }

  ImageSpec parse(String text, Path file) throws IOException {
    var open = new LinkedHashSet<Path>();
    open.add(file.toAbsolutePath().normalize());
    return finish(withLayers(YamlReader.read(text, file, report.problems()), file, open));
  }

  private ImageSpec finish(Optional<Yaml> document) throws SpecException {
    ImageSpec spec = null;
    if (document.isPresent()) {
      if (document.get() instanceof Mapping mapping) {
        spec = spec(new Fields(mapping, "", report));
      } else {
        report.add(
            document.get().place(),
            "a specification is a mapping that starts with \"name:\", found "
                + document.get().kind());
      }
    }
    if (!report.problems().isEmpty()) {
      var ordered = new ArrayList<>(report.problems());
      ordered.sort(
          Comparator.comparing((SpecProblem p) -> p.file().toString())
              .thenComparingInt(SpecProblem::line)
              .thenComparingInt(SpecProblem::column));
      throw new SpecException(ordered.stream().distinct().toList());
    }
    return spec;
  }

  private Optional<Yaml> load(Path file, Place from, Set<Path> open) throws IOException {
    Path real = file.toAbsolutePath().normalize();
    if (!open.add(real)) {
      report.add(from, "\"" + file + "\" extends itself");
      return Optional.empty();
    }
    try {
      Optional<Yaml> document =
          withLayers(YamlReader.read(Files.readString(file), file, report.problems()), file, open);
      open.remove(real);
      return document;
    } catch (NoSuchFileException e) {
      if (from == null) {
        throw new NoSuchFileException(file.toString(), null, "no such specification");
      }
      report.add(from, "there is no file \"" + file + "\"");
    } catch (CharacterCodingException e) {
      report.problems().add(new SpecProblem(file, 1, 1, "the file is not UTF-8"));
    }
    return Optional.empty();
  }

  /** The document laid over the ones it extends, which come first, each over the one before it. */
  private Optional<Yaml> withLayers(Optional<Yaml> document, Path file, Set<Path> open)
      throws IOException {
    Yaml below = null;
    if (document.isPresent()
        && document.get() instanceof Mapping mapping
        && mapping.entries().get("extends") != null) {
      Yaml names = mapping.entries().get("extends").value();
      for (Yaml item : names instanceof Items list ? list.items() : List.of(names)) {
        if (item instanceof Scalar scalar && !scalar.isNull()) {
          Optional<Yaml> layer = load(file.resolveSibling(scalar.text()), item.place(), open);
          if (layer.isPresent()) {
            below = below == null ? layer.get() : Yaml.layered(below, layer.get());
          }
        } else {
          report.add(item.place(), "\"extends\" names files, found " + item.kind());
        }
      }
      var own = new LinkedHashMap<>(mapping.entries());
      own.remove("extends");
      document = Optional.of(new Mapping(mapping.place(), own));
    }
    layers.add(file);
    if (below != null && document.isPresent()) {
      return Optional.of(Yaml.layered(below, document.get()));
    }
    return document;
  }

  private ImageSpec spec(Fields f) {
    f.has("extends");
    Optional<String> name =
        f.required("name", "say what the image is called, such as \"name: robot\"", Words::name);
    Optional<String> version =
        f.required(
            "version", "say which release this is, such as \"version: 1.0\"", Words::version);
    Optional<Distribution> named = f.value("distribution", Words::distribution);
    Optional<String> suite =
        f.required(
            "suite",
            "say which release of the distribution, such as \"suite: bookworm\"",
            Words::suite);
    Optional<Distribution> distribution =
        f.has("distribution") ? named : f.value("suite", Words::distributionOf);
    Optional<String> architecture =
        f.required(
            "architecture",
            "say for which machines, such as \"architecture: amd64\"",
            Words::architecture);
    List<String> packages = f.values("packages", Words::packageName);
    if (!f.has("packages")) {
      f.problem(
          f.place(),
          "\"packages\" is missing: list what the image holds, such as \"packages: [linux-image-amd64, systemd-sysv]\"");
    }
    boolean recommends = f.flag("recommends", false);
    List<AptSource> sources = f.mappings("sources").stream().map(s -> source(s, true)).toList();
    List<AptSource> imageSources = f.mappings("apt").stream().map(s -> source(s, false)).toList();
    List<OwnEntry> own = own(f);
    List<String> run = f.values("run", text -> text);
    List<String> preseed =
        f.values("preseed", text -> text).stream()
            .flatMap(String::lines)
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    SystemSettings system = system(f);
    DiskSettings disk = disk(f);
    OptionalLong time =
        f.value("time", Words::time).map(OptionalLong::of).orElse(OptionalLong.empty());
    Fields sandbox = f.mapping("sandbox");
    boolean network = sandbox.flag("network", false);
    sandbox.end();
    f.end();
    return new ImageSpec(
        name.orElse("unnamed"),
        version.orElse("0"),
        distribution.map(Distribution::name).orElse(""),
        suite.orElse(""),
        architecture.orElse(""),
        packages,
        recommends,
        sources,
        imageSources,
        own,
        run,
        preseed,
        system,
        disk,
        time,
        network,
        List.copyOf(layers));
  }

  /**
   * @param forBuild whether the keyring is read here and now, or names a file of the image
   */
  private AptSource source(Fields f, boolean forBuild) {
    List<String> uris = f.values("uris", Words::archive);
    if (uris.isEmpty() && !f.has("uris")) {
      f.problem(
          f.place(), "a source needs \"uris\", such as \"uris: [https://archive.example/debian]\"");
    }
    List<String> suites = f.values("suites", Words::suite);
    List<String> components = f.values("components", Words::suite);
    Optional<String> keyring = f.value("keyring", Words::line);
    Optional<Path> file = Optional.empty();
    if (forBuild) {
      file = keyring.map(text -> beside(f.place("keyring"), text));
      file.filter(path -> !Files.isRegularFile(path))
          .ifPresent(path -> f.problem(f.place("keyring"), "there is no keyring \"" + path + "\""));
    }
    int priority =
        forBuild
            ? f.value("priority", text -> Words.number(text, 1, 1000))
                .orElse(AptSource.PRIORITY_DEFAULT)
            : AptSource.PRIORITY_DEFAULT;
    f.end();
    return new AptSource(
        uris, suites, components.isEmpty() ? List.of("main") : components, file, keyring, priority);
  }

  private List<OwnEntry> own(Fields f) {
    var all = new ArrayList<OwnEntry>();
    var places = new HashMap<TreePath, Place>();
    for (Fields file : f.mappings("files")) {
      Optional<TreePath> path =
          file.required("path", "say where in the image the file stands", Words::path);
      Optional<Kind> kind = fileKind(file);
      Optional<Integer> mode = file.value("mode", Words::mode);
      String owner = file.value("owner", Words::owner).orElse(OWNER_DEFAULT);
      file.end();
      if (path.isPresent() && kind.isPresent()) {
        add(all, places, new OwnEntry(path.get(), kind.get(), mode, owner), file.place("path"));
      }
    }
    for (Fields directory : f.mappings("directories")) {
      Optional<TreePath> path =
          directory.required("path", "say where in the image the directory stands", Words::path);
      Optional<Integer> mode = directory.value("mode", Words::mode);
      String owner = directory.value("owner", Words::owner).orElse(OWNER_DEFAULT);
      directory.end();
      path.ifPresent(
          p ->
              add(
                  all,
                  places,
                  new OwnEntry(p, new Kind.Directory(), mode, owner),
                  directory.place("path")));
    }
    for (Map.Entry<String, Entry> link : f.freeMapping("symlinks").entrySet()) {
      try {
        TreePath path = Words.path(link.getKey());
        f.parsed("symlinks." + link.getKey(), link.getValue().value(), Words::line)
            .ifPresent(
                target ->
                    add(
                        all,
                        places,
                        new OwnEntry(
                            path, new Kind.Symlink(target), Optional.empty(), OWNER_DEFAULT),
                        link.getValue().keyPlace()));
      } catch (IllegalArgumentException e) {
        f.problem(link.getValue().keyPlace(), "\"symlinks\": " + e.getMessage());
      }
    }
    return all;
  }

  private void add(List<OwnEntry> all, Map<TreePath, Place> places, OwnEntry entry, Place place) {
    Place before = places.putIfAbsent(entry.path(), place);
    if (before != null) {
      report.add(
          place,
          entry.path() + " is given twice, first in " + before.file() + " line " + before.line());
    }
    all.add(entry);
  }

  private Optional<Kind> fileKind(Fields file) {
    Optional<String> content = file.text("content");
    Optional<String> source = file.text("source");
    if (content.isPresent() == source.isPresent()) {
      file.problem(
          file.place(),
          "a file has either \"source\", a path beside the specification, or \"content\", its text"
              + (source.isPresent() ? ", not both" : ""));
      return Optional.empty();
    }
    if (content.isPresent()) {
      return Optional.of(new Kind.Inline(Content.utf8(content.get())));
    }
    Path path = beside(file.place("source"), source.get());
    if (!Files.isReadable(path)) {
      file.problem(
          file.place("source"),
          Files.exists(path)
              ? "\"" + path + "\" cannot be read"
              : "there is no file \"" + path + "\"");
      return Optional.empty();
    }
    return Optional.of(new Kind.CopyOf(path));
  }

  /** Paths are meant from the file they are written in, which may be a layer elsewhere. */
  private static Path beside(Place place, String text) {
    return place.file().resolveSibling(text);
  }

  private SystemSettings system(Fields f) {
    String hostname =
        f.value("hostname", Words::hostname)
            .orElseGet(
                () ->
                    f.text("name").filter(n -> n.matches("[a-z0-9][a-z0-9-]*")).orElse("machine"));
    String locale = f.value("locale", Words::locale).orElse("C.UTF-8");
    String timezone = f.value("timezone", Words::timezone).orElse("Etc/UTC");
    String keyboard = f.value("keyboard", Words::keyboard).orElse("us");
    boolean dhcp =
        f.value("network", text -> Words.choice(NetworkChoice.class, text))
                .orElse(NetworkChoice.DHCP)
            == NetworkChoice.DHCP;
    int watchdog = f.value("watchdog", text -> Words.number(text, 0, 3600)).orElse(60);
    Fields root = f.mapping("root");
    Optional<String> rootPassword = root.value("password", Words::passwordHash);
    List<String> rootKeys = root.values("ssh-keys", Words::sshKey);
    root.end();
    List<User> users = users(f);
    Fields units = f.mapping("units");
    List<String> enabled = units.values("enable", Words::unit);
    List<String> disabled = units.values("disable", Words::unit);
    List<String> masked = units.values("mask", Words::unit);
    for (String unit : enabled) {
      if (disabled.contains(unit) || masked.contains(unit)) {
        units.problem(units.place("enable"), "\"" + unit + "\" is both enabled and switched off");
      }
    }
    units.end();
    return new SystemSettings(
        hostname,
        locale,
        timezone,
        keyboard,
        dhcp,
        rootPassword,
        rootKeys,
        users,
        enabled,
        disabled,
        masked,
        watchdog,
        health(f.mapping("health")));
  }

  private static HealthSettings health(Fields f) {
    boolean checks = f.flag("checks", true);
    Optional<String> network = f.value("network", Words::reachable);
    int seconds = f.value("check-seconds", text -> Words.number(text, 1, 3600)).orElse(60);
    List<String> mayFail = f.values("may-fail", Words::unit);
    f.end();
    return new HealthSettings(checks, network, seconds, mayFail);
  }

  private List<User> users(Fields f) {
    var all = new ArrayList<User>();
    var names = new HashSet<String>();
    for (Fields each : f.mappings("users")) {
      User user = user(each);
      if (!user.name().isEmpty() && !names.add(user.name())) {
        each.problem(each.place("name"), "the user \"" + user.name() + "\" is given twice");
      }
      all.add(user);
    }
    return all;
  }

  private enum NetworkChoice {
    DHCP,
    NONE
  }

  private User user(Fields f) {
    String name = f.required("name", "say what the user is called", Words::user).orElse("");
    OptionalInt uid =
        f.value("uid", text -> Words.number(text, 1, 999_999))
            .map(OptionalInt::of)
            .orElse(OptionalInt.empty());
    List<String> groups = f.values("groups", Words::user);
    String shell = f.value("shell", text -> Words.path(text).toString()).orElse("/bin/bash");
    String comment =
        f.value(
                "comment",
                text -> {
                  if (text.contains(":")) {
                    throw new IllegalArgumentException("must not hold \":\"");
                  }
                  return Words.line(text);
                })
            .orElse("");
    Optional<String> password = f.value("password", Words::passwordHash);
    List<String> keys = f.values("ssh-keys", Words::sshKey);
    f.end();
    return new User(name, uid, groups, shell, comment, password, keys);
  }

  private DiskSettings disk(Fields f) {
    Layout layout = f.value("layout", text -> Words.choice(Layout.class, text)).orElse(Layout.AB);
    Initramfs initramfs =
        f.value("initramfs", text -> Words.choice(Initramfs.class, text)).orElse(Initramfs.SLIPWAY);
    Fields sizes = f.mapping("sizes");
    Optional<Size> slot = sizes.value("slot", text -> size(text, Size.mib(16)));
    Size data =
        sizes.value("data", text -> size(text, Size.mib(16))).orElse(DiskSettings.DATA_DEFAULT);
    Size esp =
        sizes.value("esp", text -> size(text, Size.mib(34))).orElse(DiskSettings.ESP_DEFAULT);
    sizes.end();
    Fields kernel = f.mapping("kernel");
    String commandLine = kernel.value("command-line", Words::kernelCommandLine).orElse("");
    kernel.end();
    Fields boot = f.mapping("boot");
    int menu = boot.value("menu-seconds", text -> Words.number(text, 0, 600)).orElse(0);
    boot.end();
    Optional<RecoverySettings> recovery = recovery(f, layout);
    return new DiskSettings(layout, slot, data, esp, commandLine, initramfs, menu, recovery);
  }

  private Optional<RecoverySettings> recovery(Fields f, Layout layout) {
    if (!f.has("recovery")) {
      return Optional.empty();
    }
    if (layout != Layout.RECOVERY) {
      f.problem(
          f.place("recovery"), "\"recovery\" is for \"layout: recovery\", which has such a system");
    }
    Fields settings = f.mapping("recovery");
    Optional<Path> keyring =
        settings
            .required(
                "keyring",
                "name the certificates whose releases it may write, such as \"keyring: keys.pem\"",
                Words::line)
            .map(text -> beside(settings.place("keyring"), text));
    keyring
        .filter(path -> !Files.isRegularFile(path))
        .ifPresent(
            path ->
                settings.problem(
                    settings.place("keyring"), "there is no keyring \"" + path + "\""));
    List<String> sources = settings.values("sources", RecoveryBurn::requireSource);
    boolean unattended = settings.flag("unattended", false);
    if (unattended && sources.isEmpty()) {
      settings.problem(
          settings.place("unattended"),
          "without anybody there it needs \"sources\", such as \"sources: [disk]\"");
    }
    settings.end();
    return keyring.map(path -> new RecoverySettings(path, sources, unattended));
  }

  private static Size size(String text, Size least) {
    Size size = Size.parse(text);
    if (size.compareTo(least) < 0) {
      throw new IllegalArgumentException("at least " + least + " is needed, found " + size);
    }
    return size.roundedUpTo(Size.mib(1));
  }
}
