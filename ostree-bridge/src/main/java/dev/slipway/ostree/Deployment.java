// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.bootconfig.KernelCommandLine;
import dev.slipway.digest.Digest;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.tree.TreePath;
import java.util.Optional;

/**
 * A commit laid down in a sysroot, ready to be started.
 *
 * @param stateroot the system it belongs to, with which it shares {@code /var}
 * @param serial tells deployments of the same commit apart
 * @param bootChecksum of kernel and initramfs, one behind the other
 * @param kernelVersion as its modules' directory is called
 * @param title what the boot menu calls it, without its place in the menu
 * @param parameters what its kernel is told, without where the deployment is
 * @param origin where upgrades come from: {@code origin:edge/amd64}
 */
public record Deployment(
    String stateroot,
    Digest commit,
    int serial,
    Digest bootChecksum,
    String kernelVersion,
    String title,
    KernelCommandLine parameters,
    Optional<String> origin) {
  private static final String NAMES = "[A-Za-z0-9_.-]+";

  public Deployment {
    requireStateroot(stateroot);
    if (serial < 0) {
      throw new IllegalArgumentException("serial: found " + serial + ", expected 0 or more");
    }
  }

  static void requireStateroot(String name) {
    if (!name.matches(NAMES) || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException(
          "a stateroot is named by letters and digits: \"" + name + "\"");
    }
  }

  /** How its directory is called: {@code c0ffee....0}. */
  public String name() {
    return commit + "." + serial;
  }

  /** Its directory in the sysroot. */
  public TreePath path() {
    return TreePath.of("/ostree/deploy/" + stateroot + "/deploy/" + name());
  }

  TreePath originPath() {
    return TreePath.of(path() + ".origin");
  }

  String originText() {
    return "[origin]\n" + origin.map(spec -> "refspec=" + spec + "\n").orElse("");
  }

  /** Where kernel and initramfs lie in the file system of {@code /boot}. */
  String bootDirectory() {
    return "/ostree/" + stateroot + "-" + bootChecksum;
  }

  String kernelPath() {
    return bootDirectory() + "/vmlinuz-" + kernelVersion;
  }

  String initramfsPath() {
    return bootDirectory() + "/initramfs-" + kernelVersion + ".img";
  }

  Deployment withParameters(KernelCommandLine changed) {
    return new Deployment(
        stateroot, commit, serial, bootChecksum, kernelVersion, title, changed, origin);
  }

  /** The title of a tree: its distribution's name and the commit's version. */
  static String title(String osRelease, VariantDict metadata) {
    String pretty =
        osRelease
            .lines()
            .filter(line -> line.startsWith("PRETTY_NAME="))
            .map(line -> line.substring("PRETTY_NAME=".length()).replaceAll("^[\"']|[\"']$", ""))
            .filter(name -> !name.isBlank())
            .findFirst()
            .orElse("Linux");
    return pretty + metadata.text("version").map(version -> " " + version).orElse("");
  }
}
