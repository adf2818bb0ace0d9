// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.bootconfig.DeploymentMenu;
import dev.slipway.bootconfig.KernelCommandLine;
import dev.slipway.bootconfig.LoaderEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What says which deployments there are and how they are started, for one order of them.
 *
 * <pre>
 *   /boot/loader -> loader.V                       the one switch: renamed last
 *   /boot/loader.V/entries/ostree-N-STATEROOT.conf
 *   /ostree/boot.V -> boot.V.S                     what the entries' ostree= goes through
 *   /ostree/boot.V.S/STATEROOT/BOOTCSUM/I -> ../../../deploy/STATEROOT/deploy/COMMIT.N
 *   /ostree/repo/refs/heads/ostree/V/S/I           keeps the commits
 * </pre>
 *
 * @param version V, 0 or 1: the other one than before
 * @param subversion S, 0 or 1
 * @param deployments in the order of the menu, what is started first first
 */
record BootLayout(int version, int subversion, List<Deployment> deployments) {
  BootLayout {
    deployments = List.copyOf(deployments);
  }

  String loaderDirectory() {
    return "loader." + version;
  }

  String bootName() {
    return "boot." + version;
  }

  String bootDirectory() {
    return bootName() + "." + subversion;
  }

  String refPrefix() {
    return "ostree/" + version + "/" + subversion;
  }

  /** Links below {@link #bootDirectory}, by their paths, and where they lead. */
  Map<String, String> links() {
    var links = new TreeMap<String, String>();
    List<String> paths = linkPaths();
    for (int i = 0; i < deployments.size(); i++) {
      links.put(paths.get(i), "../../.." + deployments.get(i).path().toString().substring(7));
    }
    return links;
  }

  /** {@code STATEROOT/BOOTCSUM/I} of each deployment; those with the same kernel are counted. */
  private List<String> linkPaths() {
    var counts = new HashMap<String, Integer>();
    var paths = new ArrayList<String>();
    for (Deployment each : deployments) {
      String kernel = each.stateroot() + "/" + each.bootChecksum();
      paths.add(kernel + "/" + (counts.merge(kernel, 1, Integer::sum) - 1));
    }
    return paths;
  }

  /** Entries by their file's name. */
  Map<String, LoaderEntry> entries() {
    var entries = new TreeMap<String, LoaderEntry>();
    for (int i = 0; i < deployments.size(); i++) {
      int number = deployments.size() - i;
      entries.put(
          "ostree-" + number + "-" + deployments.get(i).stateroot() + ".conf", entry(i, number));
    }
    return entries;
  }

  private LoaderEntry entry(int index, int number) {
    Deployment deployment = deployments.get(index);
    return new LoaderEntry(
        deployment.title() + " (ostree:" + index + ")",
        number,
        deployment
            .parameters()
            .and(
                KernelCommandLine.of(
                    "ostree=/ostree/" + bootName() + "/" + linkPaths().get(index))),
        deployment.kernelPath(),
        deployment.initramfsPath());
  }

  /** The menu that GRUB reads. */
  String grubConfiguration() {
    var named = new ArrayList<DeploymentMenu.Named>();
    for (int i = 0; i < deployments.size(); i++) {
      named.add(
          new DeploymentMenu.Named(deployments.get(i).name(), entry(i, deployments.size() - i)));
    }
    return DeploymentMenu.of(named);
  }
}
