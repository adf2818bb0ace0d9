// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a disk can boot, and how the boot loader chooses: one entry a slot, three tries for a slot
 * that has not been confirmed, then the other slot.
 *
 * <pre>{@code
 * BootMenu menu = BootMenu.ab(slotA, slotB, esp).withData(data);
 * Content script = Content.utf8(menu.grubConfiguration());
 * List<GrubEnvironment> blocks = BootStore.fresh(menu.freshState(Set.of(Slot.A)));
 * }</pre>
 */
public final class BootMenu {
  /** How often GRUB starts a slot that nobody confirms. */
  public static final int TRIES = 3;

  /** The directory on the EFI system partition that Debian's signed GRUB looks into. */
  public static final String DEBIAN_DIRECTORY = "/EFI/debian";

  private static final int PANIC_SECONDS = 10;

  private final Map<Slot, BootPartition> slots;
  private final BootPartition esp;
  private final Optional<BootPartition> data;
  private final Optional<BootPartition> recovery;
  private final String directory;
  private final KernelCommandLine extra;
  private final BootConsole console;
  private final int timeoutSeconds;

  private BootMenu(
      Map<Slot, BootPartition> slots,
      BootPartition esp,
      Optional<BootPartition> data,
      Optional<BootPartition> recovery,
      String directory,
      KernelCommandLine extra,
      BootConsole console,
      int timeoutSeconds) {
    this.slots = new EnumMap<>(slots);
    this.esp = Objects.requireNonNull(esp, "esp");
    this.data = data;
    this.recovery = recovery;
    this.directory = directory;
    this.extra = extra;
    this.console = console;
    this.timeoutSeconds = timeoutSeconds;
  }

  /** Two slots. */
  public static BootMenu ab(BootPartition slotA, BootPartition slotB, BootPartition esp) {
    return fresh(Map.of(Slot.A, slotA, Slot.B, slotB), esp);
  }

  /**
   * One partition whose file system holds deployments: slot A is the newest, slot B the one before.
   * What there is to start lies in {@link DeploymentMenu#PATH} on that file system.
   */
  public static BootMenu deployments(BootPartition root, BootPartition esp) {
    return ab(root, root, esp);
  }

  /** One slot, which is started again when its tries are used up. */
  public static BootMenu single(BootPartition slotA, BootPartition esp) {
    return fresh(Map.of(Slot.A, slotA), esp);
  }

  private static BootMenu fresh(Map<Slot, BootPartition> slots, BootPartition esp) {
    return new BootMenu(
        slots,
        esp,
        Optional.empty(),
        Optional.empty(),
        DEBIAN_DIRECTORY,
        KernelCommandLine.NONE,
        BootConsole.BOTH,
        0);
  }

  /** Names the partition that holds what stays when a slot is replaced. */
  public BootMenu withData(BootPartition partition) {
    return new BootMenu(
        slots, esp, Optional.of(partition), recovery, directory, extra, console, timeoutSeconds);
  }

  /** Adds an entry for a small system that is started when no slot has a try left, or by hand. */
  public BootMenu withRecovery(BootPartition partition) {
    return new BootMenu(
        slots, esp, data, Optional.of(partition), directory, extra, console, timeoutSeconds);
  }

  /** Puts the boot store where the distribution's GRUB looks: {@code /EFI/ubuntu}. */
  public BootMenu withDirectory(String path) {
    if (!path.matches("(/[A-Za-z0-9_.-]+)+")) {
      throw new IllegalArgumentException("not an absolute path of plain names: \"" + path + "\"");
    }
    return new BootMenu(slots, esp, data, recovery, path, extra, console, timeoutSeconds);
  }

  /** Kernel parameters behind our own. */
  public BootMenu withParameters(KernelCommandLine parameters) {
    return new BootMenu(slots, esp, data, recovery, directory, parameters, console, timeoutSeconds);
  }

  /** Where boot loader and kernel talk; both screen and serial port unless said otherwise. */
  public BootMenu withConsole(BootConsole where) {
    return new BootMenu(slots, esp, data, recovery, directory, extra, where, timeoutSeconds);
  }

  /** How long the menu waits, 0 unless said otherwise; the escape key shows it even then. */
  public BootMenu withTimeout(int seconds) {
    if (seconds < 0 || seconds > 3600) {
      throw new IllegalArgumentException("a menu waits 0 to 3600 seconds: " + seconds);
    }
    return new BootMenu(slots, esp, data, recovery, directory, extra, console, seconds);
  }

  /**
   * Where the script belongs on the EFI system partition: beside the programs that read it, so that
   * it is replaced with them. A core image for a BIOS carries its own copy.
   */
  public String configurationPath() {
    return "/EFI/BOOT/grub.cfg";
  }

  /** The directory of the boot store on the EFI system partition, which GRUB calls its prefix. */
  public String directory() {
    return directory;
  }

  /** Where the boot store belongs on the EFI system partition: the paths of its two blocks. */
  public List<String> environmentPaths() {
    return List.of(environmentPath() + ".1", environmentPath() + ".2");
  }

  private String environmentPath() {
    return directory + "/grubenv";
  }

  /** GRUB's prefix for a core image that runs from the same disk: the boot drive is implied. */
  public String biosPrefix() {
    return "(,gpt" + esp.number() + ")" + directory;
  }

  /** The script GRUB runs. The same menu always gives the same text. */
  public String grubConfiguration() {
    return new GrubScript(this).text();
  }

  /**
   * What the boot store of a new disk says.
   *
   * @param filled the slots that hold a system; the first of them counts as known to work
   */
  public BootState freshState(Set<Slot> filled) {
    var states = new EnumMap<Slot, BootState.SlotState>(Slot.class);
    for (Slot slot : slots.keySet()) {
      states.put(slot, new BootState.SlotState(filled.contains(slot), 0));
    }
    Optional<Slot> good = states.keySet().stream().filter(filled::contains).findFirst();
    return new BootState(List.copyOf(states.keySet()), states, good, 0);
  }

  /**
   * What the kernel is told about a slot. {@code slipway.mark} is not among it: the script adds it,
   * because it changes at every boot.
   */
  public KernelCommandLine commandLine(Slot slot) {
    BootPartition partition = slots.get(slot);
    if (partition == null) {
      throw new IllegalArgumentException("this layout has no slot " + slot);
    }
    return ours(slot.name(), partition).and(consoles()).and(extra);
  }

  /** Recovery looks into the slots, too. */
  KernelCommandLine recoveryCommandLine(BootPartition partition) {
    KernelCommandLine line = ours("recovery", partition);
    for (Map.Entry<Slot, BootPartition> slot : slots.entrySet()) {
      String word = "slipway." + slot.getKey() + "=" + slot.getValue().id();
      line = line.and(KernelCommandLine.of(word));
    }
    return line.and(consoles());
  }

  /** What every deployment's kernel is told; ostree carries it on from one to the next. */
  public KernelCommandLine deploymentCommandLine() {
    if (!holdsDeployments()) {
      throw new IllegalArgumentException("this layout has slots, and no deployments");
    }
    KernelCommandLine line = KernelCommandLine.of("root=PARTUUID=" + slots.get(Slot.A).id(), "rw");
    return line.and(store()).and(consoles()).and(extra);
  }

  /** Whether both slots are on one partition. */
  boolean holdsDeployments() {
    return slots.containsKey(Slot.B) && slots.get(Slot.A).equals(slots.get(Slot.B));
  }

  /**
   * Whether a boot loader in the spare place is tried: where there is a slot to install it from.
   */
  boolean handsOver() {
    return slots.containsKey(Slot.B) && !holdsDeployments();
  }

  private KernelCommandLine ours(String name, BootPartition root) {
    KernelCommandLine line =
        KernelCommandLine.of("root=PARTUUID=" + root.id(), "ro", "slipway.slot=" + name);
    if (data.isPresent()) {
      line = line.and(KernelCommandLine.of("slipway.data=" + data.get().id()));
    }
    return line.and(store());
  }

  private KernelCommandLine store() {
    return KernelCommandLine.of(
        "slipway.esp=" + esp.id(), "slipway.env=" + environmentPath(), "panic=" + PANIC_SECONDS);
  }

  private KernelCommandLine consoles() {
    return switch (console) {
      case SCREEN -> KernelCommandLine.of("console=tty0");
      case SERIAL -> KernelCommandLine.of("console=ttyS0,115200");
      case BOTH -> KernelCommandLine.of("console=tty0", "console=ttyS0,115200");
    };
  }

  Map<Slot, BootPartition> slots() {
    return slots;
  }

  BootPartition esp() {
    return esp;
  }

  Optional<BootPartition> recovery() {
    return recovery;
  }

  BootConsole console() {
    return console;
  }

  int timeoutSeconds() {
    return timeoutSeconds;
  }
}
