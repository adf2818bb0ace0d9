// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * How a disk with one root file system and several deployments in it is booted: the newest is tried
 * three times; when nobody confirms it, the one before is started, and stays the one that is
 * started until something newer is deployed.
 *
 * <p>Two scripts share the work. {@link #grubConfiguration} lies on the EFI system partition and
 * never changes: it counts and chooses. {@link #deployments} lies on the root file system, is made
 * anew from the entries in {@code /boot/loader} whenever something is deployed, and only names what
 * there is to start. GRUB without {@code blscfg}, which is every Debian's, needs no more.
 *
 * <p>The newest deployment is slot {@code A} to the initramfs and in the environment block, all
 * others are {@code B}: so what confirms a slot confirms a deployment.
 */
public final class DeploymentMenu {
  /** Where {@link #deployments} belongs on the root file system. */
  public static final String DEPLOYMENTS_PATH = "/boot/grub/grub.cfg";

  /** The variable that says which deployment the tries were counted for. */
  public static final String DEPLOYMENT = "DEPLOYMENT";

  private static final String TRIES = Slot.A.tryVariable();
  private static final int MARKS = 10;
  private static final int PANIC_SECONDS = 10;

  private final BootPartition root;
  private final BootPartition esp;
  private final String directory;
  private final BootConsole console;
  private final int timeoutSeconds;

  private DeploymentMenu(
      BootPartition root,
      BootPartition esp,
      String directory,
      BootConsole console,
      int timeoutSeconds) {
    this.root = Objects.requireNonNull(root, "root");
    this.esp = Objects.requireNonNull(esp, "esp");
    this.directory = Objects.requireNonNull(directory, "directory");
    this.console = Objects.requireNonNull(console, "console");
    this.timeoutSeconds = timeoutSeconds;
  }

  /**
   * A menu that waits for nobody and talks on screen and serial port.
   *
   * @param directory where the distribution's GRUB looks: {@link BootMenu#DEBIAN_DIRECTORY}
   */
  public static DeploymentMenu of(BootPartition root, BootPartition esp, String directory) {
    return new DeploymentMenu(root, esp, directory, BootConsole.BOTH, 0);
  }

  /** Where boot loader and kernel talk. */
  public DeploymentMenu withConsole(BootConsole where) {
    return new DeploymentMenu(root, esp, directory, where, timeoutSeconds);
  }

  /** How long the menu waits; the escape key shows it even when that is 0. */
  public DeploymentMenu withTimeout(int seconds) {
    return new DeploymentMenu(root, esp, directory, console, seconds);
  }

  /** Where the script belongs on the EFI system partition. */
  public String configurationPath() {
    return directory + "/grub.cfg";
  }

  /** Where the environment block belongs on the EFI system partition. */
  public String environmentPath() {
    return directory + "/grubenv";
  }

  /** GRUB's prefix for a core image that runs from the same disk: the boot drive is implied. */
  public String biosPrefix() {
    return "(,gpt" + esp.number() + ")" + directory;
  }

  /**
   * What every deployment's kernel is told; ostree carries it on from one to the next.
   *
   * @param more parameters behind our own
   */
  public KernelCommandLine commandLine(KernelCommandLine more) {
    KernelCommandLine line =
        KernelCommandLine.of(
            "root=PARTUUID=" + root.id(),
            "rw",
            "slipway.esp=" + esp.id(),
            "slipway.env=" + environmentPath(),
            "panic=" + PANIC_SECONDS);
    return line.and(
            switch (console) {
              case SCREEN -> KernelCommandLine.of("console=tty0");
              case SERIAL -> KernelCommandLine.of("console=ttyS0,115200");
              case BOTH -> KernelCommandLine.of("console=tty0", "console=ttyS0,115200");
            })
        .and(more);
  }

  /** The environment block of a new disk. */
  public GrubEnvironment freshEnvironment() {
    GrubEnvironment block = GrubEnvironment.empty();
    for (Slot slot : Slot.values()) {
      block = block.with(slot.okVariable(), "0").with(slot.tryVariable(), "0");
    }
    return block.with(GrubEnvironment.BOOT_MARK, "0").with(DEPLOYMENT, "");
  }

  /** The script on the EFI system partition. The same menu always gives the same text. */
  public String grubConfiguration() {
    var out = new StringBuilder();
    line(out, "# Starts the newest deployment, or the one before when nobody confirms it.");
    if (console.serial()) {
      String screen = console.screen() ? " console" : "";
      line(out, "if serial --unit=0 --speed=115200; then");
      line(out, "  terminal_input serial" + screen);
      line(out, "  terminal_output serial" + screen);
      line(out, "fi");
    }
    line(out, "set timeout=" + timeoutSeconds);
    if (timeoutSeconds == 0) {
      line(out, "set timeout_style=hidden");
    }
    line(out, "");
    line(out, "# the disk this script was read from");
    line(out, "regexp --set=1:disk '^\\(([^,)]+)' \"$prefix\"");
    line(out, "set root=\"$disk,gpt" + root.number() + "\"");
    line(out, "");
    environment(out);
    line(out, "set first=");
    line(out, "set second=");
    line(out, "if source " + DEPLOYMENTS_PATH + "; then true; else");
    line(out, "  echo 'slipway: " + DEPLOYMENTS_PATH + " cannot be read'");
    line(out, "fi");
    line(out, "");
    choice(out);
    line(out, "if [ -z \"$first\" ]; then");
    line(out, "  echo 'slipway: there is no deployment, trying again in 10 seconds'");
    line(out, "  sleep 10");
    line(out, "  reboot");
    line(out, "fi");
    return out.toString();
  }

  private static void environment(StringBuilder out) {
    line(out, "# what holds when the environment block cannot be read");
    for (Slot slot : Slot.values()) {
      line(out, "set " + slot.tryVariable() + "=0");
    }
    line(out, "set " + GrubEnvironment.BOOT_MARK + "=0");
    line(out, "set " + DEPLOYMENT + "=");
    line(out, "if load_env --skip-sig " + variables() + "; then true; else");
    line(out, "  echo 'slipway: the environment block cannot be read'");
    line(out, "fi");
    line(out, "");
    line(out, "# a mark that changes at each boot: it tells this disk from a clone of it");
    for (int mark = 0; mark < MARKS - 1; mark++) {
      String next = "; then set " + GrubEnvironment.BOOT_MARK + "=" + (mark + 1);
      line(out, (mark == 0 ? "if" : "elif") + test(GrubEnvironment.BOOT_MARK, mark) + next);
    }
    line(out, "else set " + GrubEnvironment.BOOT_MARK + "=0");
    line(out, "fi");
    line(out, "");
  }

  private static String variables() {
    return String.join(
        " ", Slot.A.tryVariable(), Slot.B.tryVariable(), GrubEnvironment.BOOT_MARK, DEPLOYMENT);
  }

  private static void choice(StringBuilder out) {
    line(out, "# tries are counted for the newest deployment; another one starts at none");
    line(out, "if [ \"$" + DEPLOYMENT + "\" != \"$first\" ]; then");
    line(out, "  set " + DEPLOYMENT + "=\"$first\"");
    line(out, "  set " + TRIES + "=0");
    line(out, "fi");
    line(out, "set default=\"$first\"");
    for (int tried = 0; tried < BootMenu.TRIES; tried++) {
      String next = "; then set " + TRIES + "=" + (tried + 1);
      line(out, (tried == 0 ? "if" : "elif") + test(TRIES, tried) + next);
    }
    line(out, "elif [ -n \"$second\" ]; then");
    line(out, "  set default=\"$second\"");
    line(out, "  echo 'slipway: the newest deployment has no try left, starting the one before'");
    line(out, "else");
    line(out, "  set " + TRIES + "=1");
    line(out, "  echo 'slipway: the only deployment has no try left, starting over'");
    line(out, "fi");
    line(out, "if save_env " + variables() + "; then true; else");
    line(
        out,
        "  echo 'slipway: the tries cannot be counted, the environment block is not writable'");
    line(out, "fi");
    line(out, "");
  }

  private static String test(String variable, int value) {
    return " [ \"$" + variable + "\" = \"" + value + "\" ]";
  }

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
   * The script on the root file system. The shell script {@code write-grub-cfg} of an image makes
   * the same bytes from the same entries.
   *
   * @param entries what there is to start, the newest first
   */
  public static String deployments(List<Named> entries) {
    var out = new StringBuilder();
    line(out, "# Made from /boot/loader/entries, and made anew when something is deployed.");
    for (int i = 0; i < entries.size(); i++) {
      LoaderEntry entry = entries.get(i).entry();
      Slot slot = i == 0 ? Slot.A : Slot.B;
      line(out, "function start_" + i + " {");
      line(out, "  echo 'slipway: starting deployment " + entries.get(i).deployment() + "'");
      line(
          out,
          "  if linux '/boot"
              + entry.linux()
              + "' slipway.slot="
              + slot
              + " slipway.mark=$BOOT_MARK.$A_TRY.$B_TRY "
              + entry.options().parameters().stream()
                  .map(DeploymentMenu::quoted)
                  .collect(Collectors.joining(" "))
              + "; then");
      line(out, "    if initrd '/boot" + entry.initrd() + "'; then return 0; fi");
      line(out, "  fi");
      line(out, "  echo 'slipway: it cannot be started'");
      line(out, "  return 1");
      line(out, "}");
    }
    for (int i = 0; i < entries.size(); i++) {
      Named named = entries.get(i);
      line(
          out,
          "menuentry " + quoted(named.entry().title()) + " --id '" + named.deployment() + "' {");
      line(out, "  if start_" + i + "; then boot; fi");
      for (int other = 0; other < entries.size(); other++) {
        if (other != i) {
          line(out, "  if start_" + other + "; then boot; fi");
        }
      }
      line(out, "  sleep 10");
      line(out, "  reboot");
      line(out, "}");
    }
    if (!entries.isEmpty()) {
      line(out, "set first='" + entries.get(0).deployment() + "'");
    }
    if (entries.size() > 1) {
      line(out, "set second='" + entries.get(1).deployment() + "'");
    }
    return out.toString();
  }

  /** A word in single quotes, in which GRUB reads everything as it stands. */
  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  private static void line(StringBuilder out, String text) {
    out.append(text).append('\n');
  }
}
