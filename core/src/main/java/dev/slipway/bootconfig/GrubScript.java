// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.util.ArrayList;
import java.util.List;
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
 * later point has used up one try.
 */
final class GrubScript {
  private static final int MARKS = 10;

  private final BootMenu menu;
  private final StringBuilder out = new StringBuilder();

  GrubScript(BootMenu menu) {
    this.menu = menu;
  }

  String text() {
    line("# Chooses the slot to boot. What it remembers is in grubenv beside it.");
    console();
    disk();
    environment();
    marks();
    kernels();
    choice();
    starts();
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
    line("set timeout=" + menu.timeoutSeconds());
    if (menu.timeoutSeconds() == 0) {
      line("set timeout_style=hidden");
    }
    line("");
  }

  private void disk() {
    line("# the disk this script was read from");
    line("regexp --set=1:disk '^\\(([^,)]+)' \"$prefix\"");
    line("");
  }

  private void environment() {
    line("# what holds when the environment block cannot be read");
    line("set ORDER=" + quoted(order()));
    for (Slot slot : menu.slots().keySet()) {
      line("set " + slot.okVariable() + "=1");
      line("set " + slot.tryVariable() + "=0");
    }
    line("set " + GrubEnvironment.BOOT_MARK + "=0");
    line("if load_env --skip-sig " + variables(true) + "; then true; else");
    line("  echo 'slipway: the environment block cannot be read'");
    line("fi");
    line("");
  }

  private String order() {
    return menu.slots().keySet().stream().map(Slot::name).collect(Collectors.joining(" "));
  }

  private String variables(boolean all) {
    List<String> names = new ArrayList<>();
    if (all) {
      names.add(GrubEnvironment.ORDER);
    }
    for (Slot slot : menu.slots().keySet()) {
      if (all) {
        names.add(slot.okVariable());
      }
      names.add(slot.tryVariable());
    }
    names.add(GrubEnvironment.BOOT_MARK);
    return String.join(" ", names);
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
      line("set " + name + "_KERNEL=0");
      line("set " + name + "_TITLE='slot " + name + " (empty)'");
      String place = "\"($disk,gpt" + slot.getValue().number() + ")/";
      line("if [ -s " + place + "vmlinuz\" -a -s " + place + "initrd.img\" ]; then");
      line("  set " + name + "_KERNEL=1");
      line("  set " + name + "_TITLE='slot " + name + "'");
      line("fi");
    }
    line("");
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
    line("  # every slot has used up its tries: forget them once and start again");
    line("  for s in $ORDER " + order() + "; do");
    line("    if [ -z \"$slot\" ]; then");
    for (Slot slot : menu.slots().keySet()) {
      line("      if [ \"$s\" = \"" + slot + "\" -a \"$" + slot + "_KERNEL\" = \"1\" ]; then");
      line("        set slot=" + slot);
      line("      fi");
    }
    line("    fi");
    line("  done");
    for (Slot slot : menu.slots().keySet()) {
      line("  set " + slot.tryVariable() + "=0");
    }
    for (Slot slot : menu.slots().keySet()) {
      line("  if [ \"$slot\" = \"" + slot + "\" ]; then set " + slot.tryVariable() + "=1; fi");
    }
    line("  echo 'slipway: no slot has a try left, starting over'");
    line("fi");
    line("if save_env " + variables(false) + "; then true; else");
    line("  echo 'slipway: the tries cannot be counted, the environment block is not writable'");
    line("fi");
    line("");
  }

  /** Three rungs, from 0 tries to 3. Anything else than a digit below 3 has no rung. */
  private void ladder(Slot slot) {
    String condition = "\"$s\" = \"" + slot + "\" -a \"$" + slot.okVariable() + "\" = \"1\"";
    line("    if [ " + condition + " -a \"$" + slot + "_KERNEL\" = \"1\" ]; then");
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

  private void starts() {
    for (Map.Entry<Slot, BootPartition> slot : menu.slots().entrySet()) {
      String name = slot.getKey().name();
      String tries = ", try $" + slot.getKey().tryVariable() + " of " + BootMenu.TRIES;
      start(name, "slot " + name, tries, slot.getValue(), menu.commandLine(slot.getKey()));
    }
    menu.recovery()
        .ifPresent(r -> start("recovery", "recovery", "", r, menu.recoveryCommandLine(r)));
  }

  private void start(
      String name, String what, String tries, BootPartition partition, KernelCommandLine line) {
    line("function start_" + name + " {");
    line("  set root=\"$disk,gpt" + partition.number() + "\"");
    line("  echo \"slipway: starting " + what + tries + " (mark $BOOT_MARK)\"");
    String words =
        line.parameters().stream().map(GrubScript::quoted).collect(Collectors.joining(" "));
    line("  if linux /vmlinuz slipway.mark=$BOOT_MARK.$A_TRY.$B_TRY " + words + "; then");
    line("    if initrd /initrd.img; then return 0; fi");
    line("  fi");
    line("  echo 'slipway: " + what + " cannot be started'");
    line("  return 1");
    line("}");
  }

  private void entries() {
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
      line("  else");
      line("    echo 'slipway: nothing can be started, trying again in 10 seconds'");
      line("    sleep 10");
      line("    reboot");
      line("  fi");
      line("}");
    }
    if (menu.recovery().isPresent()) {
      line("menuentry 'recovery' --id recovery { start_recovery }");
      line("if [ -z \"$slot\" ]; then set slot=recovery; fi");
    }
    line("set default=\"$slot\"");
  }

  /** A word in single quotes, in which GRUB reads everything as it stands. */
  private static String quoted(String word) {
    boolean plain = word.matches("[A-Za-z0-9_./=,:@%+-]+");
    return plain ? word : "'" + word + "'";
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
