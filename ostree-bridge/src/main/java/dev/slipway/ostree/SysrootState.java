// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.bootconfig.KernelCommandLine;
import dev.slipway.bootconfig.LoaderEntry;
import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a sysroot says about its deployments, read from {@code /boot/loader} and written as the next
 * {@link BootLayout}.
 */
record SysrootState(BootLayout layout) {
  private static final Pattern LOADER = Pattern.compile("loader\\.([01])");
  private static final Pattern BOOT = Pattern.compile("boot\\.([01])\\.([01])");
  private static final Pattern DEPLOYMENT = Pattern.compile("([0-9a-f]{64})\\.(\\d{1,9})");
  private static final Pattern LINK =
      Pattern.compile("/ostree/boot\\.[01]/([A-Za-z0-9_.-]+)/([0-9a-f]{64})/\\d+");
  private static final String OSTREE = "ostree=";

  List<Deployment> deployments() {
    return layout.deployments();
  }

  /** Reads a sysroot; one without deployments has none. */
  static SysrootState read(Path root) throws IOException {
    int version = number(root.resolve("boot/loader"), LOADER, 1).orElse(0);
    int subversion = number(root.resolve("ostree/boot." + version), BOOT, 2).orElse(0);
    var entries = new TreeMap<LoaderEntry, Path>(LoaderEntry.NEWEST_FIRST);
    Path directory = root.resolve("boot/loader/entries");
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.conf")) {
        for (Path file : files) {
          LoaderEntry entry = LoaderEntry.read(file.toString(), Files.readString(file));
          if (entries.put(entry, file) != null) {
            throw new FormatException(file + ": its version stands in another entry too");
          }
        }
      }
    }
    var deployments = new ArrayList<Deployment>();
    for (Map.Entry<LoaderEntry, Path> each : entries.entrySet()) {
      deployments.add(deployment(root, each.getKey(), each.getValue().toString()));
    }
    return new SysrootState(new BootLayout(version, subversion, deployments));
  }

  private static Optional<Integer> number(Path link, Pattern pattern, int group)
      throws IOException {
    if (!Files.isSymbolicLink(link)) {
      return Optional.empty();
    }
    Matcher match = pattern.matcher(Files.readSymbolicLink(link).toString());
    if (!match.matches()) {
      throw new FormatException(
          link + ": leads to " + Files.readSymbolicLink(link) + ", expected " + pattern);
    }
    return Optional.of(Integer.parseInt(match.group(group)));
  }

  private static Deployment deployment(Path root, LoaderEntry entry, String source)
      throws IOException {
    var parameters = new ArrayList<String>();
    String link = "";
    for (String parameter : entry.options().parameters()) {
      if (parameter.startsWith(OSTREE)) {
        link = parameter.substring(OSTREE.length());
      } else {
        parameters.add(parameter);
      }
    }
    Matcher parts = LINK.matcher(link);
    if (!parts.matches()) {
      throw new FormatException(source + ": ostree=" + link + " is no link to a deployment");
    }
    Path target;
    try {
      target = Files.readSymbolicLink(root.resolve(link.substring(1)));
    } catch (NoSuchFileException e) {
      throw new FormatException(source + ": " + link + " is not there", e);
    }
    Matcher name = DEPLOYMENT.matcher(target.getFileName().toString());
    if (!name.matches()) {
      throw new FormatException(source + ": " + link + " leads to " + target);
    }
    String kernel = entry.linux().substring(entry.linux().lastIndexOf('/') + 1);
    String stateroot = parts.group(1);
    Path origin =
        root.resolve("ostree/deploy/" + stateroot + "/deploy/" + target.getFileName() + ".origin");
    Optional<String> refspec =
        Files.exists(origin)
            ? KeyFile.parse(Files.readString(origin), origin.toString()).get("origin", "refspec")
            : Optional.empty();
    return new Deployment(
        stateroot,
        Digest.parse(name.group(1)),
        Integer.parseInt(name.group(2)),
        Digest.parse(parts.group(2)),
        kernel.replaceFirst("^vmlinuz-", ""),
        entry.title().replaceFirst(" \\(ostree:\\d+\\)$", ""),
        new KernelCommandLine(parameters),
        refspec);
  }

  /** The next state, with another order of deployments. */
  SysrootState followedBy(List<Deployment> order) {
    return new SysrootState(new BootLayout(1 - layout.version(), 1, order));
  }

  /** Writes it beside what holds now, and then makes it hold. */
  void write(Path root, Refs refs, GrubMenu menu) throws IOException {
    HostCalls calls = HostCalls.load();
    Path boot = root.resolve("boot");
    Path loader = boot.resolve(layout.loaderDirectory());
    Directories.removeTree(loader);
    Directories.makeAll(loader.resolve("entries"));
    for (Map.Entry<String, LoaderEntry> entry : layout.entries().entrySet()) {
      write(loader.resolve("entries").resolve(entry.getKey()), entry.getValue().text());
    }
    Path links = root.resolve("ostree").resolve(layout.bootDirectory());
    Directories.removeTree(links);
    Directories.makeAll(links);
    for (Map.Entry<String, String> link : layout.links().entrySet()) {
      Path place = links.resolve(link.getKey());
      Directories.makeAll(place.getParent());
      calls.symlink(link.getValue(), place.toString());
    }
    lead(root.resolve("ostree").resolve(layout.bootName()), layout.bootDirectory());
    for (int i = 0; i < deployments().size(); i++) {
      refs.setHead(layout.refPrefix() + "/" + i, deployments().get(i).commit());
    }
    if (!Files.exists(boot.resolve("boot"), LinkOption.NOFOLLOW_LINKS)) {
      calls.symlink(".", boot.resolve("boot").toString());
    }
    calls.syncFileSystem(root.toString());
    calls.syncFileSystem(boot.toString());
    lead(boot.resolve("loader"), layout.loaderDirectory());
    calls.syncFileSystem(boot.toString());
    // The old menu names links that are there until the new one is on the disk.
    menu.write(layout);
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }

  /** Makes a link lead elsewhere, in one step. */
  private static void lead(Path link, String target) throws IOException {
    Path beside = link.resolveSibling(link.getFileName() + ".tmp");
    Files.deleteIfExists(beside);
    Files.createSymbolicLink(beside, Path.of(target));
    Files.move(beside, link, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Removes what belongs to no deployment that holds, but for the one that is running. */
  void removeOthers(Path root, Optional<Deployment> booted) throws IOException {
    int old = 1 - layout.version();
    Directories.removeTree(root.resolve("boot/loader." + old));
    Files.deleteIfExists(root.resolve("ostree/boot." + old));
    for (int sub = 0; sub < 2; sub++) {
      Directories.removeTree(root.resolve("ostree/boot." + old + "." + sub));
      Directories.removeTree(root.resolve("ostree/repo/refs/heads/ostree/" + old + "/" + sub));
    }
    Set<String> names = new HashSet<>();
    Set<String> kernels = new HashSet<>();
    var kept = new ArrayList<>(deployments());
    booted.ifPresent(kept::add);
    for (Deployment each : kept) {
      names.add(each.stateroot() + "/" + each.name());
      kernels.add(each.stateroot() + "-" + each.bootChecksum());
    }
    removeDeployments(root, names);
    removeUnless(root.resolve("boot/ostree"), kernels);
  }

  private static void removeDeployments(Path root, Set<String> kept) throws IOException {
    try (DirectoryStream<Path> roots = Files.newDirectoryStream(root.resolve("ostree/deploy"))) {
      for (Path stateroot : roots) {
        Path deployments = stateroot.resolve("deploy");
        if (!Files.isDirectory(deployments)) {
          continue;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(deployments)) {
          for (Path each : all) {
            String name = each.getFileName().toString().replaceFirst("\\.origin$", "");
            if (!kept.contains(stateroot.getFileName() + "/" + name)) {
              remove(each);
            }
          }
        }
      }
    }
  }

  private static void removeUnless(Path directory, Set<String> kept) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
      for (Path each : all) {
        if (!kept.contains(each.getFileName().toString())) {
          Directories.removeTree(each);
        }
      }
    }
  }

  /** Removes a deployment's directory, which may be immutable, or a file of it. */
  static void remove(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      HostCalls.load().setImmutable(path.toString(), false);
    }
    Directories.removeTree(path);
  }
}
