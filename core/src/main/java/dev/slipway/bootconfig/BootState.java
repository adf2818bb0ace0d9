// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the boot loader and the running system tell each other about the slots. A value: each change
 * gives another state, and a {@link BootStore} makes it last.
 *
 * <pre>
 *   installing(B)  B_OK=0                 before the first byte of B is written
 *   primary(B)     B_OK=1 B_TRY=0, B first    when all of B was read back and is right
 *   good(B)        B_OK=1 B_TRY=0, LAST_GOOD=B    when B runs and is healthy
 *   bad(B)         B_OK=0                 never to be started again
 * </pre>
 *
 * @param order which slots are tried, the first one first
 * @param slots what is known of each slot of this disk
 * @param lastGood the slot that was confirmed last: what is started when nothing else is left
 * @param mark a digit that GRUB changes at each boot
 * @param loaders where a new boot loader stands, for each kind
 */
public record BootState(
    List<Slot> order,
    Map<Slot, SlotState> slots,
    Optional<Slot> lastGood,
    int mark,
    Map<LoaderKind, LoaderTrial> loaders) {
  /** The variable that names the slot that was confirmed last. */
  public static final String LAST_GOOD = "LAST_GOOD";

  /** The value of {@link #LAST_GOOD} when there is none. */
  static final String NONE = "-";

  /**
   * @param ok whether the slot may be started
   * @param tries how often it was started since it was last confirmed, 0 to {@link BootMenu#TRIES}
   */
  public record SlotState(boolean ok, int tries) {
    /** Nothing was tried yet, or the last try was confirmed. RAUC calls such a slot good. */
    public boolean settled() {
      return ok && tries == 0;
    }

    /** Whether GRUB would start it. */
    public boolean startable() {
      return ok && tries < BootMenu.TRIES;
    }
  }

  public BootState {
    order = List.copyOf(order);
    slots = Collections.unmodifiableMap(new EnumMap<>(slots));
    Objects.requireNonNull(lastGood, "lastGood");
    var everyKind = new EnumMap<LoaderKind, LoaderTrial>(LoaderKind.class);
    for (LoaderKind kind : LoaderKind.values()) {
      everyKind.put(kind, loaders.getOrDefault(kind, LoaderTrial.NONE));
    }
    loaders = Collections.unmodifiableMap(everyKind);
    if (!slots.containsKey(Slot.A)) {
      throw new IllegalArgumentException("every disk has a slot A");
    }
    if (mark < 0 || mark > 9) {
      throw new IllegalArgumentException("a mark is a digit: " + mark);
    }
  }

  /** A state in which no new boot loader waits. */
  public BootState(
      List<Slot> order, Map<Slot, SlotState> slots, Optional<Slot> lastGood, int mark) {
    this(order, slots, lastGood, mark, Map.of());
  }

  /** Where a new boot loader of a kind stands. */
  public LoaderTrial loader(LoaderKind kind) {
    return loaders.get(kind);
  }

  /** With another word on the new boot loader of a kind. */
  public BootState withLoader(LoaderKind kind, LoaderTrial trial) {
    var changed = new EnumMap<>(loaders);
    changed.put(kind, trial);
    return new BootState(order, slots, lastGood, mark, changed);
  }

  /** A slot's state. */
  public SlotState slot(Slot slot) {
    SlotState state = slots.get(slot);
    if (state == null) {
      throw new IllegalArgumentException("this disk has no slot " + slot);
    }
    return state;
  }

  /** The slot that GRUB would start next, if its kernel can be loaded. */
  public Optional<Slot> next() {
    return order.stream()
        .filter(slot -> slots.containsKey(slot) && slot(slot).startable())
        .findFirst();
  }

  /** Before the first byte of a slot is written: it must not be started, whatever happens. */
  public BootState installing(Slot slot) {
    return with(slot, new SlotState(false, 0)).ordered(slot, false).forgetting(slot);
  }

  /** When a slot is written and verified: it is started next, and has three tries. */
  public BootState primary(Slot slot) {
    return with(slot, new SlotState(true, 0)).ordered(slot, true);
  }

  /** When a slot runs and is healthy. */
  public BootState good(Slot slot) {
    return new BootState(
        order, with(slot, new SlotState(true, 0)).slots, Optional.of(slot), mark, loaders);
  }

  /** A slot that must not be started again. */
  public BootState bad(Slot slot) {
    return with(slot, new SlotState(false, 0)).forgetting(slot);
  }

  private BootState with(Slot slot, SlotState state) {
    slot(slot);
    var changed = new EnumMap<>(slots);
    changed.put(slot, state);
    return new BootState(order, changed, lastGood, mark, loaders);
  }

  private BootState ordered(Slot slot, boolean first) {
    var changed = new ArrayList<>(slots.keySet());
    changed.sort((a, b) -> Integer.compare(rank(a), rank(b)));
    changed.remove(slot);
    changed.add(first ? 0 : changed.size(), slot);
    return new BootState(changed, slots, lastGood, mark, loaders);
  }

  /** Slots that the order does not name come behind those it does. */
  private int rank(Slot slot) {
    int place = order.indexOf(slot);
    return place >= 0 ? place : order.size() + slot.ordinal();
  }

  private BootState forgetting(Slot slot) {
    return new BootState(order, slots, lastGood.filter(good -> good != slot), mark, loaders);
  }

  /** As GRUB understands it: what is missing has the value the script starts from. */
  static BootState of(GrubEnvironment block) {
    var slots = new EnumMap<Slot, SlotState>(Slot.class);
    for (Slot slot : Slot.values()) {
      if (slot == Slot.A || block.get(slot.okVariable()).isPresent()) {
        boolean ok = block.get(slot.okVariable()).orElse("1").equals("1");
        int tries =
            digit(block.get(slot.tryVariable()).orElse("0"), BootMenu.TRIES, BootMenu.TRIES);
        slots.put(slot, new SlotState(ok, tries));
      }
    }
    var order = new ArrayList<Slot>();
    for (String word : block.get(GrubEnvironment.ORDER).orElse("A B").split(" +")) {
      slot(word)
          .filter(slot -> slots.containsKey(slot) && !order.contains(slot))
          .ifPresent(order::add);
    }
    Optional<Slot> good = slot(block.get(LAST_GOOD).orElse(NONE)).filter(slots::containsKey);
    var loaders = new EnumMap<LoaderKind, LoaderTrial>(LoaderKind.class);
    for (LoaderKind kind : LoaderKind.values()) {
      loaders.put(kind, LoaderTrial.read(block.get(kind.variable()).orElse("")));
    }
    int mark = digit(block.get(GrubEnvironment.BOOT_MARK).orElse("0"), 9, 0);
    return new BootState(order, slots, good, mark, loaders);
  }

  private static Optional<Slot> slot(String word) {
    return switch (word) {
      case "A" -> Optional.of(Slot.A);
      case "B" -> Optional.of(Slot.B);
      default -> Optional.empty();
    };
  }

  private static int digit(String text, int max, int otherwise) {
    return text.matches("[0-9]") && text.charAt(0) - '0' <= max ? text.charAt(0) - '0' : otherwise;
  }

  /** The block with this state's variables, in the order in which every writer puts them. */
  GrubEnvironment into(GrubEnvironment block) {
    GrubEnvironment filled =
        block.with(
            GrubEnvironment.ORDER, order.stream().map(Slot::name).collect(Collectors.joining(" ")));
    for (Map.Entry<Slot, SlotState> slot : slots.entrySet()) {
      filled =
          filled
              .with(slot.getKey().okVariable(), slot.getValue().ok() ? "1" : "0")
              .with(slot.getKey().tryVariable(), String.valueOf(slot.getValue().tries()));
    }
    for (Map.Entry<LoaderKind, LoaderTrial> loader : loaders.entrySet()) {
      filled = filled.with(loader.getKey().variable(), loader.getValue().word());
    }
    return filled
        .with(LAST_GOOD, lastGood.map(Slot::name).orElse(NONE))
        .with(GrubEnvironment.BOOT_MARK, String.valueOf(mark));
  }
}
