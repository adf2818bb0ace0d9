// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.util.List;

/**
 * Writes the part of the script by which one boot loader gives way to the next.
 *
 * <p>There are two places for a boot loader, 1 and 2. A core image is told its own when it is
 * written, and GRUB shows it as the partition that it was started from; a directory of the EFI
 * system partition holds a file that says it. When the boot store asks for the loader in the other
 * place to be tried, that is counted first and then done, so that one which hangs is tried once.
 * What cannot be counted is not tried.
 */
final class GrubLoaderScript {
  private static final List<Integer> PLACES = List.of(1, 2);

  private final BootMenu menu;
  private final StringBuilder out;

  GrubLoaderScript(BootMenu menu, StringBuilder out) {
    this.menu = menu;
    this.out = out;
  }

  void handOver() {
    line("# which boot loader this is: the kind and the place it lies in");
    line("set place=");
    line("if [ \"$grub_platform\" = \"pc\" ]; then");
    line("  set kind=bios");
    line("  if regexp --set=1:place ',([12])\\)$' \"$cmdpath\"; then true; fi");
    line("else");
    line("  set kind=efi");
    line("  for n in 1 2; do");
    line("    if [ -f \"$cmdpath/" + LoaderPlaces.EFI_PLACE_FILE + "$n\" ]; then set place=$n; fi");
    line("  done");
    line("fi");
    line("set loader=\"$kind.$place\"");
    line("# another one that is to be tried: once, and only when that is on the disk");
    line("set spare=");
    for (LoaderKind kind : LoaderKind.values()) {
      for (int place : PLACES) {
        when(kind, place);
      }
    }
    line("if [ -n \"$spare\" ]; then");
    line("  save_store");
    line("  if [ \"$saved\" = \"1\" ]; then");
    line("    echo \"slipway: trying the boot loader at $spare\"");
    line("    if chainloader \"$spare\"; then");
    line("      if boot; then true; fi");
    line("    fi");
    line("    echo 'slipway: it does not start'");
    line("  fi");
    line("  read_store");
    line("fi");
    line("");
  }

  private void when(LoaderKind kind, int place) {
    int other = LoaderPlaces.other(place);
    line(
        "if [ \"$loader\" = \""
            + kind.word()
            + "."
            + other
            + "\" -a \"$"
            + kind.variable()
            + "\" = \""
            + LoaderTrial.of(place).word()
            + "\" ]; then");
    line("  set " + kind.variable() + "=" + LoaderTrial.of(place).started().word());
    if (kind == LoaderKind.BIOS) {
      line("  set spare=\"($disk,gpt1)" + LoaderPlaces.startSector(place) + "+1\"");
    } else {
      line("  set spare=\"($disk,gpt" + menu.esp().number() + ")/EFI/SPARE/BOOTX64.EFI\"");
      line("  if [ \"$grub_cpu\" = \"arm64\" ]; then");
      line("    set spare=\"($disk,gpt" + menu.esp().number() + ")/EFI/SPARE/BOOTAA64.EFI\"");
      line("  fi");
    }
    line("fi");
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
