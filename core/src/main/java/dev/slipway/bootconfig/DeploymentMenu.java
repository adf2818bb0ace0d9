// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What there is to start on a root file system that holds ostree deployments, for a GRUB that
 * cannot read the entries in {@code /boot/loader} itself, which is every Debian's.
 *
 * <p>Two scripts share the work. That of {@linkplain BootMenu#deployments the menu} lies on the EFI
 * system partition and never changes: it counts tries and chooses. This one lies on the root file
 * system, is made anew whenever something is deployed, and names the newest deployment as slot A
 * and the one before as slot B. So what confirms a slot confirms a deployment, and a newest one
 * that nobody confirms gives way to the one before.
 *
 * <p>The shell script {@code write-grub-cfg} of an image makes the same bytes from the same
 * entries, when ostree deploys.
 */
public final class DeploymentMenu {
  /** Where it belongs on the root file system. */
  public static final String PATH = "/boot/grub/grub.cfg";

  private DeploymentMenu() {}

  /** An entry with the deployment it starts. */
  public record Named(String deployment, LoaderEntry entry) {
    public Named {
      if (!deployment.matches("[A-Za-z0-9_.-]+")) {
        throw new IllegalArgumentException(
            "a deployment is named by letters and digits: \"" + deployment + "\"");
      }
    }
  }

  /**
   * The script.
   *
   * @param entries what there is to start, the newest first
   */
  public static String of(List<Named> entries) {
    var out = new StringBuilder();
    line(out, "# Made from /boot/loader/entries, and made anew when something is deployed.");
    for (int i = 0; i < entries.size(); i++) {
      LoaderEntry entry = entries.get(i).entry();
      String name = name(i);
      line(out, "set " + name + "_KERNEL=1");
      line(out, "set " + name + "_TITLE=" + quoted(entry.title()));
      line(out, "function start_" + name + " {");
      line(out, "  if [ \"$" + name + "_KERNEL\" != \"1\" ]; then return 1; fi");
      line(out, "  echo 'slipway: starting deployment " + entries.get(i).deployment() + "'");
      line(out, "  if linux '/boot" + entry.linux() + "' " + parameters(i, entry) + "; then");
      line(out, "    if initrd '/boot" + entry.initrd() + "'; then return 0; fi");
      line(out, "  fi");
      line(out, "  echo 'slipway: it cannot be started'");
      line(out, "  return 1");
      line(out, "}");
    }
    for (int i = Slot.values().length; i < entries.size(); i++) {
      String name = name(i);
      line(out, "menuentry \"$" + name + "_TITLE\" --id '" + entries.get(i).deployment() + "' {");
      line(out, "  if start_" + name + "; then boot; else start_nothing; fi");
      line(out, "}");
    }
    return out.toString();
  }

  /** {@code A}, {@code B}, {@code C2}, {@code C3} ... */
  private static String name(int index) {
    return index < Slot.values().length ? Slot.values()[index].name() : "C" + index;
  }

  private static String parameters(int index, LoaderEntry entry) {
    return "slipway.slot="
        + (index == 0 ? Slot.A : Slot.B)
        + " slipway.mark=$BOOT_MARK.$A_TRY.$B_TRY "
        + entry.options().parameters().stream()
            .map(DeploymentMenu::quoted)
            .collect(Collectors.joining(" "));
  }

  /** A word in single quotes, in which GRUB reads everything as it stands. */
  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  private static void line(StringBuilder out, String text) {
    out.append(text).append('\n');
  }
}
