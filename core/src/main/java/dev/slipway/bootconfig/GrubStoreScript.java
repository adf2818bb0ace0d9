// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes the two functions of the script that deal with the boot store: reading it and counting.
 *
 * <p>GRUB can neither compute a digest nor add. A block is taken for whole when its first and its
 * last line carry the same number; of two whole blocks the one is newer whose number follows the
 * other's, on a ladder of three. The new state goes to the older block. If that one has lost its
 * signature, which GRUB cannot write, the state goes over the newer one: in one sector, with its
 * number unchanged.
 */
final class GrubStoreScript {
  private final Set<Slot> slots;
  private final StringBuilder out;

  GrubStoreScript(Set<Slot> slots, StringBuilder out) {
    this.slots = slots;
    this.out = out;
  }

  void read() {
    line("function read_store {");
    line("# what holds when neither block can be trusted");
    line("set ORDER=" + GrubScript.quoted(order()));
    for (Slot slot : slots) {
      line("set " + slot.okVariable() + "=1");
      line("set " + slot.tryVariable() + "=0");
    }
    for (LoaderKind kind : LoaderKind.values()) {
      line("set " + kind.variable() + "=" + LoaderTrial.NONE.word());
    }
    line("set " + BootState.LAST_GOOD + "=" + BootState.NONE);
    line("set " + GrubEnvironment.BOOT_MARK + "=0");
    line("");
    line("# a block is whole when its first and its last line carry the same number");
    for (int block = 1; block <= BootStore.BLOCKS; block++) {
      whole(block);
    }
    line("# of two the newer one is that which follows the other: 0, 1, 2, 0");
    line("set newer=");
    line("set older=1");
    line("set seq=0");
    line("set next=0");
    for (int number = 0; number < StoreBlock.SEQUENCE; number++) {
      line("if [ \"$seq2\" = \"" + number + "\" ]; then" + newer(2, 1, number) + "; fi");
    }
    for (int number = 0; number < StoreBlock.SEQUENCE; number++) {
      int follower = (number + 1) % StoreBlock.SEQUENCE;
      line(
          "if [ \"$seq1\" = \""
              + number
              + "\" -a \"$seq2\" != \""
              + follower
              + "\" ]; then"
              + newer(1, 2, number)
              + "; fi");
    }
    line("if [ -n \"$newer\" ]; then");
    line("  if load_env --skip-sig " + file("$newer") + " " + remembered() + "; then true; fi");
    line("else");
    line("  set newer=2");
    line("  echo 'slipway: neither grubenv.1 nor grubenv.2 can be trusted'");
    line("fi");
    line("}");
    line("read_store");
    line("");
  }

  private String order() {
    return slots.stream().map(Slot::name).collect(Collectors.joining(" "));
  }

  private void whole(int block) {
    line("set seq" + block + "=");
    line("set " + StoreBlock.FIRST + "=");
    line("set " + StoreBlock.LAST + "=");
    line(
        "if load_env --skip-sig "
            + file(String.valueOf(block))
            + " "
            + StoreBlock.FIRST
            + " "
            + StoreBlock.LAST
            + "; then");
    line("  if [ \"$" + StoreBlock.FIRST + "\" = \"$" + StoreBlock.LAST + "\" ]; then");
    line("    set seq" + block + "=\"$" + StoreBlock.FIRST + "\"");
    line("  fi");
    line("fi");
  }

  private static String newer(int newer, int older, int number) {
    int next = (number + 1) % StoreBlock.SEQUENCE;
    return " set newer="
        + newer
        + "; set older="
        + older
        + "; set seq="
        + number
        + "; set next="
        + next;
  }

  /** The function that sets {@code saved} to 1 when the state is on the disk. */
  void save() {
    line("function save_store {");
    line("set saved=1");
    line("set " + StoreBlock.SUM + "=" + StoreBlock.UNDIGESTED);
    line("set " + StoreBlock.FIRST + "=$next");
    line("set " + StoreBlock.LAST + "=$next");
    line("if save_env " + file("$older") + " " + all() + "; then true; else");
    line("  set " + StoreBlock.FIRST + "=$seq");
    line("  set " + StoreBlock.LAST + "=$seq");
    line("  if save_env " + file("$newer") + " " + all() + "; then true; else set saved=0; fi");
    line("fi");
    line("}");
    line("");
  }

  private static String file(String block) {
    return "--file \"$prefix/grubenv." + block + "\"";
  }

  /** What the store remembers, in the order of its lines. */
  private String remembered() {
    List<String> names = new ArrayList<>();
    names.add(GrubEnvironment.ORDER);
    for (Slot slot : slots) {
      names.add(slot.okVariable());
      names.add(slot.tryVariable());
    }
    for (LoaderKind kind : LoaderKind.values()) {
      names.add(kind.variable());
    }
    names.add(BootState.LAST_GOOD);
    names.add(GrubEnvironment.BOOT_MARK);
    return String.join(" ", names);
  }

  private String all() {
    return StoreBlock.FIRST + " " + remembered() + " " + StoreBlock.SUM + " " + StoreBlock.LAST;
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
