// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes the script.
 *
 * <p>GRUB's script has no arithmetic, so counters climb ladders of comparisons. Only commands are
 * used whose modules distributions build into their signed GRUB ({@code load_env}, {@code
 * save_env}, {@code regexp}, {@code test}, {@code serial}, {@code linux}): under Secure Boot
 * nothing else can be loaded. Whatever fails is the condition of an {@code if}, because a failed
 * command outside of one makes GRUB wait for a key.
 *
 * <p>The choice is made and counted before the menu is shown, so that a machine that dies at any
 * later point has used up one try. When it cannot be counted, only a slot that is known to be good
 * is started.
 */
final class GrubScript {
  private static final int MARKS = 10;
  private static final int PAUSE_SECONDS = 60;

  private final BootMenu menu;
  private final GrubStoreScript store;
  private final StringBuilder out = new StringBuilder();

  GrubScript(BootMenu menu) {
    this.menu = menu;
    this.store = new GrubStoreScript(menu.slots().keySet(), out);
  }

  String text() {
    line("# Chooses the slot to boot. What it remembers is in grubenv.1 and grubenv.2 at $prefix.");
    console();
    disk();
    store.read();
    store.save();
    marks();
    if (menu.handsOver()) {
      new GrubLoaderScript(menu, out).handOver();
    }
    if (menu.holdsDeployments()) {
      deployments();
    } else {
      kernels();
    }
    choice();
    count();
    if (!menu.holdsDeployments()) {
      starts();
    }
    entries();
    return out.toString();
  }

  private void console() {
    if (menu.console().serial()) {
      String screen = menu.console().screen() ? " console" : "";
      line("if serial --unit=0 --speed=115200; then");
      line("  terminal_input serial" + screen);
      line("  terminal_output serial" + screen);
      line("fi");
    }
    // No timeout_style=hidden: with a timeout of 0 no menu is drawn anyway, and looking for a key
    // takes GRUB three seconds of a BIOS start under QEMU's emulation.
    line("set timeout=" + menu.timeoutSeconds());
    line("");
  }

  private void disk() {
    line("# the disk this script was read from");
    line("regexp --set=1:disk '^\\(([^,)]+)' \"$prefix\"");
    line("");
  }

  private void marks() {
    line("# a mark that changes at each boot: it tells this disk from a clone of it");
    String name = GrubEnvironment.BOOT_MARK;
    for (int mark = 0; mark < MARKS - 1; mark++) {
      line(
          (mark == 0 ? "if" : "elif") + test(name, mark) + "; then set " + name + "=" + (mark + 1));
    }
    line("else set " + name + "=0");
    line("fi");
    line("");
  }

  private static String test(String variable, int value) {
    return " [ \"$" + variable + "\" = \"" + value + "\" ]";
  }

  private void kernels() {
    line("# an empty slot has no kernel, and its entry says so");
    for (Map.Entry<Slot, BootPartition> slot : menu.slots().entrySet()) {
      Slot name = slot.getKey();
      kernel(name.name(), "slot " + name, slot.getValue());
      line(
          "if [ \"$"
              + name
              + "_KERNEL\" = \"1\" -a \"$"
              + name.okVariable()
              + "\" != \"1\" ]; then");
      line("  set " + name + "_KERNEL=0");
      line("  set " + name + "_TITLE='slot " + name + " (not to be started)'");
      line("fi");
    }
    menu.recovery().ifPresent(partition -> kernel("RECOVERY", "recovery", partition));
    line("");
  }

  /** The names of what there is to start, and the functions that start it, lie in another file. */
  private void deployments() {
    for (Slot slot : menu.slots().keySet()) {
      line("set " + slot + "_KERNEL=0");
      line("set " + slot + "_TITLE='no deployment'");
    }
    line("set root=\"$disk,gpt" + menu.slots().get(Slot.A).number() + "\"");
    line("if source " + DeploymentMenu.PATH + "; then true; else");
    line("  echo 'slipway: " + DeploymentMenu.PATH + " cannot be read'");
    line("fi");
    for (Slot slot : menu.slots().keySet()) {
      line("if [ \"$" + slot.okVariable() + "\" != \"1\" ]; then set " + slot + "_KERNEL=0; fi");
    }
    line("");
  }

  private void kernel(String name, String title, BootPartition partition) {
    line("set " + name + "_KERNEL=0");
    line("set " + name + "_TITLE='" + title + " (empty)'");
    String place = "\"($disk,gpt" + partition.number() + ")/";
    line("if [ -s " + place + "vmlinuz\" -a -s " + place + "initrd.img\" ]; then");
    line("  set " + name + "_KERNEL=1");
    line("  set " + name + "_TITLE='" + title + "'");
    line("fi");
  }

  private void choice() {
    line("set slot=");
    line("for s in $ORDER; do");
    line("  if [ -z \"$slot\" ]; then");
    for (Slot slot : menu.slots().keySet()) {
      ladder(slot);
    }
    line("  fi");
    line("done");
    line("if [ -z \"$slot\" ]; then");
    line("  echo 'slipway: no slot has a try left'");
    if (menu.recovery().isPresent()) {
      line("  if [ \"$RECOVERY_KERNEL\" = \"1\" ]; then set slot=recovery; fi");
    }
    line("  # what worked once, else whatever may be started");
    line("  for s in $LAST_GOOD $ORDER; do");
    for (Slot slot : menu.slots().keySet()) {
      line(
          "    if [ -z \"$slot\" -a \"$s\" = \""
              + slot
              + "\" -a "
              + usable(slot)
              + " ]; then set slot="
              + slot
              + "; fi");
    }
    line("  done");
    line("fi");
    line("");
  }

  /** A slot whose {@code X_OK} is not 1 counts as one without a kernel. */
  private static String usable(Slot slot) {
    return "\"$" + slot + "_KERNEL\" = \"1\"";
  }

  /** Three rungs, from 0 tries to 3. Anything else than a digit below 3 has no rung. */
  private void ladder(Slot slot) {
    line("    if [ \"$s\" = \"" + slot + "\" -a " + usable(slot) + " ]; then");
    for (int tried = 0; tried < BootMenu.TRIES; tried++) {
      line(
          "      "
              + (tried == 0 ? "if" : "elif")
              + test(slot.tryVariable(), tried)
              + "; then set slot="
              + slot
              + "; set "
              + slot.tryVariable()
              + "="
              + (tried + 1));
    }
    line("      fi");
    line("    fi");
  }

  private void count() {
    line("save_store");
    line("if [ \"$saved\" = \"0\" ]; then");
    line("  echo 'slipway: this start cannot be counted, the boot store is not writable'");
    line("  # an uncounted try could be repeated for ever: only what is known to work is started");
    for (Slot slot : menu.slots().keySet()) {
      line(
          "  if [ \"$LAST_GOOD\" = \""
              + slot
              + "\" -a "
              + usable(slot)
              + " ]; then set slot="
              + slot
              + "; fi");
    }
    line("fi");
    line("");
  }

  private void starts() {
    for (Map.Entry<Slot, BootPartition> slot : menu.slots().entrySet()) {
      Slot name = slot.getKey();
      String tries = ", try $" + name.tryVariable() + " of " + BootMenu.TRIES;
      start(
          name.name(), "slot " + name, tries, name.name(), slot.getValue(), menu.commandLine(name));
    }
    menu.recovery()
        .ifPresent(
            r -> start("recovery", "recovery", "", "RECOVERY", r, menu.recoveryCommandLine(r)));
  }

  private void start(
      String name,
      String what,
      String tries,
      String variable,
      BootPartition partition,
      KernelCommandLine line) {
    line("function start_" + name + " {");
    line("  if [ \"$" + variable + "_KERNEL\" != \"1\" ]; then return 1; fi");
    line("  set root=\"$disk,gpt" + partition.number() + "\"");
    line("  echo \"slipway: starting " + what + tries + " (mark $BOOT_MARK)\"");
    String words =
        line.parameters().stream().map(GrubScript::quoted).collect(Collectors.joining(" "));
    String mark =
        menu.slots().keySet().stream()
            .map(s -> ".$" + s.tryVariable())
            .collect(Collectors.joining());
    String loader = menu.handsOver() ? " slipway.loader=$loader" : "";
    line("  if linux /vmlinuz slipway.mark=$BOOT_MARK" + mark + loader + " " + words + "; then");
    line("    if initrd /initrd.img; then return 0; fi");
    line("  fi");
    line("  echo 'slipway: " + what + " cannot be started'");
    line("  return 1");
    line("}");
  }

  private void entries() {
    line("function start_nothing {");
    line("  echo 'slipway: this disk holds nothing that can be started.'");
    line("  echo 'slipway: write an image to it again, from a USB stick or another machine.'");
    line("  echo 'slipway: trying again in " + PAUSE_SECONDS + " seconds.'");
    line("  sleep " + PAUSE_SECONDS);
    line("  reboot");
    line("}");
    line("");
    for (Slot slot : menu.slots().keySet()) {
      line("menuentry \"$" + slot + "_TITLE\" --id " + slot + " {");
      line("  if start_" + slot + "; then boot");
      if (menu.slots().containsKey(slot.other())) {
        line("  elif start_" + slot.other() + "; then boot");
      }
      if (menu.recovery().isPresent()) {
        line("  elif start_recovery; then boot");
      }
      line("  else start_nothing");
      line("  fi");
      line("}");
    }
    if (menu.recovery().isPresent()) {
      line("menuentry \"$RECOVERY_TITLE\" --id recovery {");
      line("  if start_recovery; then boot");
      line("  else start_nothing");
      line("  fi");
      line("}");
    }
    line("if [ -z \"$slot\" ]; then");
    line("  set slot=nothing");
    line("  menuentry 'nothing to start' --id nothing { start_nothing }");
    line("fi");
    line("set default=\"$slot\"");
  }

  /** A word in single quotes, in which GRUB reads everything as it stands. */
  static String quoted(String word) {
    boolean plain = word.matches("[A-Za-z0-9_./=,:@%+-]+");
    return plain ? word : "'" + word + "'";
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
