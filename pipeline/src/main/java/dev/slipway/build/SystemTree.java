// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.arrange.Arrangement;
import dev.slipway.arrange.Stamp;
import dev.slipway.digest.Digest;
import dev.slipway.ostree.GrubUpkeep;
import dev.slipway.rootfs.IdTable;
import dev.slipway.spec.DiskSettings.Layout;
import dev.slipway.spec.ImageSpec;
import dev.slipway.spec.OwnEntry;
import dev.slipway.spec.OwnEntry.Kind;
import dev.slipway.spec.SystemSettings;
import dev.slipway.spec.User;
import dev.slipway.store.Key;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The step from configured packages to what a slot holds: settings, own files, commands, units,
 * arrangement. With ostree, the arrangement comes later: see {@link OstreeRoot}.
 *
 * @param keptIds numbers of users and groups that earlier releases gave
 */
record SystemTree(ImageSpec spec, long timeSeconds, IdTable keptIds) {
  /** Runs the specification's commands on a tree, or takes their result from the store. */
  interface Commands {
    Tree run(Tree tree, List<String> commands) throws IOException;
  }

  Tree of(Tree configured, Commands sandbox) throws IOException {
    var site = new Site(spec, timeSeconds, keptIds);
    Tree tree = site.withOwnFiles(site.settled(configured));
    var commands = new ArrayList<String>();
    new LocaleData(spec.system().locale()).command(tree).ifPresent(commands::add);
    commands.addAll(spec.run());
    if (!commands.isEmpty()) {
      tree = sandbox.run(tree, commands);
    }
    Tree whole = site.withUnits(tree);
    return spec.disk().layout() == Layout.OSTREE
        ? GrubUpkeep.addedTo(whole, timeSeconds) // divided when it is made fit for ostree
        : Arrangement.of(whole, timeSeconds).tree();
  }

  /** Everything but the configured packages that this step depends on. */
  Key key(Key configured) throws IOException {
    var own = new ArrayList<String>();
    for (OwnEntry entry : spec.own()) {
      own.add(describe(entry).replace("\n", " "));
    }
    return Key.of("system", 6)
        .with("tool", Tool.id())
        .with("root file system", configured)
        .with("name", spec.name() + " " + spec.version())
        .with("own files", own)
        .with("settings", settings(spec.system()))
        .with(
            "apt sources of the image",
            spec.imageSources().stream()
                .map(Object::toString)
                .map(text -> text.replace("\n", " "))
                .toList())
        .with("commands", spec.run().stream().map(command -> command.replace("\n", "\\n")).toList())
        .with("network in the sandbox", Boolean.toString(spec.sandboxNetwork()))
        .with("kept ids", keptIds.toString())
        .with("initramfs", spec.disk().initramfs().toString())
        .with("divided for", spec.disk().layout() == Layout.OSTREE ? "ostree" : "slots")
        .with("time", timeSeconds);
  }

  /** One part for each setting. Of passwords, whose hashes are secrets, only digests. */
  private static List<String> settings(SystemSettings s) {
    var parts = new ArrayList<String>();
    parts.add("hostname " + s.hostname());
    parts.add("locale " + s.locale());
    parts.add("timezone " + s.timezone());
    parts.add("keyboard " + s.keyboard());
    parts.add("dhcp " + s.dhcp());
    parts.add("root's password " + digest(s.rootPasswordHash()));
    s.rootSshKeys().forEach(key -> parts.add("root's key " + key));
    for (User user : s.users()) {
      parts.add(
          "user "
              + List.of(user.name(), user.uid(), user.groups(), user.shell(), user.comment())
              + " password "
              + digest(user.passwordHash()));
      user.sshKeys().forEach(key -> parts.add("key of " + user.name() + " " + key));
    }
    s.enabledUnits().forEach(unit -> parts.add("enable " + unit));
    s.disabledUnits().forEach(unit -> parts.add("disable " + unit));
    s.maskedUnits().forEach(unit -> parts.add("mask " + unit));
    parts.add("watchdog " + s.watchdogSeconds());
    parts.add("health " + s.health());
    return parts.stream().map(part -> part.replace("\n", "\\n")).toList();
  }

  private static String digest(Optional<String> secret) {
    return secret.map(text -> Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex()).orElse("-");
  }

  private static String describe(OwnEntry entry) throws IOException {
    String kind;
    if (entry.kind() instanceof Kind.CopyOf copy) {
      var parts = new ArrayList<String>();
      for (Path file : LastBuild.filesOf(copy.source())) {
        String name = copy.source().relativize(file).toString();
        if (Files.isSymbolicLink(file) && !file.equals(copy.source())) {
          parts.add(name + " -> " + Files.readSymbolicLink(file));
        } else if (Files.isRegularFile(file)) {
          parts.add(name + (OwnFiles.ownerMayRun(file) ? "* " : " ") + Content.file(file).digest());
        } else {
          parts.add(name + "/");
        }
      }
      kind = String.join(", ", parts);
    } else if (entry.kind() instanceof Kind.Inline inline) {
      kind = inline.content().digest().hex();
    } else {
      kind = entry.kind().toString();
    }
    return entry.path() + " " + entry.mode() + " " + entry.owner() + " " + kind;
  }

  /** The stamp of everything this step adds. */
  Stamp stamp() {
    return new Stamp(timeSeconds);
  }
}
