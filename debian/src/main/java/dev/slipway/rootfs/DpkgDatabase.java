// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.deb.ControlFile;
import dev.slipway.tree.Content;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Writes dpkg's records of packages that are unpacked and not yet configured.
 *
 * <pre>
 * /var/lib/dpkg/status                 a stanza for each package, install ok unpacked
 * /var/lib/dpkg/info/format            1
 * /var/lib/dpkg/info/NAME[:ARCH].list  the paths of a package, one a line
 * /var/lib/dpkg/info/NAME[:ARCH].FILE  its control files
 * /var/lib/dpkg/triggers/TRIGGER       who wants to hear of it
 * </pre>
 */
final class DpkgDatabase {
  static final String DIRECTORY = "var/lib/dpkg";

  /** Stanzas that join the status file when the packages in it have been configured. */
  static final String FURTHER_STATUS = DIRECTORY + "/status-further";

  private static final String INFO = DIRECTORY + "/info/";

  /** Fields that only dpkg itself writes. */
  private static final Set<String> OWN_FIELDS =
      Set.of(
          "package",
          "status",
          "conffiles",
          "config-version",
          "triggers-pending",
          "triggers-awaited");

  private final TreeBuilder tree;
  private final ContentKeeper keeper;
  private final long epochSeconds;

  DpkgDatabase(TreeBuilder tree, ContentKeeper keeper, long epochSeconds) {
    this.tree = tree;
    this.keeper = keeper;
    this.epochSeconds = epochSeconds;
  }

  /**
   * Writes everything.
   *
   * @param paths each package's own, in its archive's order
   * @param known packages that are there or will be: whose interest in triggers is recorded
   * @param inStatus whether a package's stanza is in the status file at once
   */
  void write(
      Map<DebPackage, List<TreePath>> paths,
      Collection<DebPackage> known,
      Predicate<DebPackage> inStatus)
      throws IOException {
    var status = new StringBuilder();
    var further = new StringBuilder();
    put(INFO + "format", 0644, "1\n");
    for (Map.Entry<DebPackage, List<TreePath>> entry : paths.entrySet()) {
      DebPackage about = entry.getKey();
      var list = new StringBuilder();
      entry
          .getValue()
          .forEach(path -> list.append(path.isRoot() ? "/." : path.toString()).append('\n'));
      put(INFO + about.databaseName() + ".list", 0644, list.toString());
      for (ControlFile file : about.files().values()) {
        put(INFO + about.databaseName() + "." + file.name(), file.mode(), file.bytes());
      }
      (inStatus.test(about) ? status : further)
          .append(stanza(about, new HashSet<>(entry.getValue())))
          .append('\n');
    }
    put(DIRECTORY + "/status", 0644, status.toString());
    if (!further.isEmpty()) {
      put(FURTHER_STATUS, 0644, further.toString());
    }
    put(DIRECTORY + "/available", 0644, "");
    for (Map.Entry<String, String> record : TriggerInterests.records(known).entrySet()) {
      put(DIRECTORY + "/triggers/" + record.getKey(), 0644, record.getValue());
    }
  }

  /**
   * The package's own stanza as it is written, with its state behind the first line, where dpkg
   * puts it. dpkg puts the other fields into its order itself.
   */
  private static String stanza(DebPackage about, Set<TreePath> owned) {
    var out =
        new StringBuilder("Package: ")
            .append(about.name())
            .append("\nStatus: install ok unpacked\n");
    boolean skipped = false;
    for (String line : about.controlText().strip().split("\n")) {
      boolean further = line.startsWith(" ") || line.startsWith("\t");
      String name = line.substring(0, Math.max(0, line.indexOf(':'))).toLowerCase(Locale.ROOT);
      skipped = further ? skipped : OWN_FIELDS.contains(name) || line.startsWith("#");
      if (!skipped) {
        out.append(line).append('\n');
      }
    }
    if (!about.conffiles().isEmpty()) {
      out.append("Conffiles:\n");
      for (TreePath path : about.conffiles()) {
        // One that another package has taken over is still remembered.
        String state = owned.contains(path) ? " newconffile\n" : " newconffile obsolete\n";
        out.append(' ').append(path).append(state);
      }
    }
    return out.toString();
  }

  private void put(String path, int mode, String text) throws IOException {
    put(path, mode, text.getBytes(StandardCharsets.UTF_8));
  }

  private void put(String path, int mode, byte[] bytes) throws IOException {
    Content content =
        bytes.length == 0
            ? Content.EMPTY
            : keeper.keep(new ByteArrayInputStream(bytes), bytes.length);
    tree.put(
        TreePath.of(path),
        new RegularFile(Metadata.mode(mode).withMtime(epochSeconds, 0), content));
  }
}
