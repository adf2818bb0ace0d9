// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.tree.Content;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes out of a tree what is not a function of its inputs: what was made at random for one
 * machine, logs, caches that are made again, times of the run.
 *
 * <p>{@code /etc/machine-id} is left empty when it is there, which makes systemd fill it on each
 * machine. SSH host keys, random seeds, systemd's secrets, the names of a machine on a storage
 * network and the self-signed certificate of ssl-cert are removed: two machines of one image must
 * not share them. Most are made again at the first boot; the certificate and the storage names only
 * by their packages' own programs.
 *
 * @param epochSeconds no file is younger; it is also the day of the passwords in {@code
 *     /etc/shadow}
 */
public record Normalization(long epochSeconds) {
  private static final long DAY_SECONDS = 86_400;

  private static final Pattern REMOVED =
      Pattern.compile(
          String.join(
              "|",
              // made for one machine
              "etc/ssh/ssh_host_[a-z0-9]+_key(\\.pub)?",
              "var/lib/systemd/(random-seed|credential\\.secret)",
              "var/lib/urandom/random-seed",
              "var/lib/dbus/machine-id",
              "etc/ssl/private/ssl-cert-snakeoil\\.key",
              "etc/ssl/certs/ssl-cert-snakeoil\\.pem",
              "etc/nvme/(hostid|hostnqn)",
              "etc/iscsi/initiatorname\\.iscsi",
              "etc/hostid",
              // records of the run, and what was before it
              "var/log/(dpkg|alternatives|bootstrap|fontconfig)\\.log",
              "var/log/apt/.+",
              "etc/(passwd|group|shadow|gshadow|subuid|subgid)-",
              "var/lib/dpkg/(status|available|diversions|statoverride)-old",
              "var/lib/dpkg/lock(-frontend)?",
              "var/lib/dpkg/triggers/Lock",
              "var/lib/dpkg/updates/.+",
              // caches that their programs make again
              "var/cache/debconf/.+-old",
              "var/cache/ldconfig/aux-cache",
              "var/cache/apt/.+\\.(bin|deb)",
              "var/cache/apt/archives/(partial/.+|lock)",
              "var/lib/apt/lists/.+[^/]",
              "run/.+",
              "tmp/.+",
              "var/tmp/.+"));

  private static final String CERTIFICATE = "ssl-cert-snakeoil.pem";

  private static final List<String> EMPTIED = List.of("etc/machine-id");

  /** Normalises to an instant. */
  public static Normalization at(long epochSeconds) {
    return new Normalization(epochSeconds);
  }

  /** The tree as it is the same in every run. */
  public Tree apply(Tree tree, ContentKeeper keeper) throws IOException {
    Tree cleaned = tree.without(path -> isRemoved(tree, path)).mapped(this::settled);
    Tree dated = TextFiles.rewritten(cleaned, TreePath.of("etc/shadow"), this::dated, keeper);
    return dated;
  }

  private static boolean isRemoved(Tree tree, TreePath path) {
    Node node = tree.node(path).orElseThrow();
    boolean keep =
        node instanceof Node.Directory
            && (path.relative().equals("run/lock")
                || path.relative().startsWith("var/lib/apt/lists"));
    return isLinkToTheCertificate(node, path)
        || !keep
            && !(node instanceof Node.Symlink && path.relative().equals("var/lib/dbus/machine-id"))
            && REMOVED.matcher(path.relative()).matches();
  }

  /** Under its hash too the certificate can be found. */
  private static boolean isLinkToTheCertificate(Node node, TreePath path) {
    return node instanceof Node.Symlink link
        && path.relative().startsWith("etc/ssl/certs/")
        && (link.target().equals(CERTIFICATE) || link.target().endsWith("/" + CERTIFICATE));
  }

  private Inode settled(TreePath path, Inode inode) {
    Inode clamped = inode.withMetadata(clamped(inode.metadata()));
    if (clamped instanceof RegularFile file && (EMPTIED.contains(path.relative()) || isLog(path))) {
      return new RegularFile(file.metadata(), Content.EMPTY);
    }
    return clamped;
  }

  /**
   * Logs that packages bring into being keep their owners and modes, which programs count on, but
   * not what the run wrote.
   */
  private static boolean isLog(TreePath path) {
    return path.relative().startsWith("var/log/");
  }

  Metadata clamped(Metadata metadata) {
    boolean younger =
        metadata.mtimeSeconds() > epochSeconds
            || (metadata.mtimeSeconds() == epochSeconds && metadata.mtimeNanos() > 0);
    return younger ? metadata.withMtime(epochSeconds, 0) : metadata;
  }

  /**
   * The third field of a line is the day the password was last changed. An empty one stays so, and
   * 0 asks for a new password, so that no day before the second of 1970 is written.
   */
  private String dated(String line) {
    String[] fields = line.split(":", -1);
    if (fields.length > 2 && fields[2].matches("[1-9][0-9]*")) {
      fields[2] = Long.toString(Math.max(1, Math.floorDiv(epochSeconds, DAY_SECONDS)));
    }
    return String.join(":", fields);
  }
}
