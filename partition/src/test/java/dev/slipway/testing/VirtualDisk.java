// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A disk of a virtual machine.
 *
 * @param image a raw image
 * @param kept whether what the machine writes goes into the image; otherwise it is dropped
 * @param log where every write is recorded for {@link BlockWriteLog}; nothing records none
 */
public record VirtualDisk(Path image, Bus bus, boolean kept, Optional<Path> log) {
  /** How a disk is attached. */
  public enum Bus {
    VIRTIO,
    NVME,
    /** AHCI on the newer machine type, IDE on the older. */
    SATA,
    SCSI,
    USB,
    SD
  }

  /** A disk that keeps what is written to it. */
  public static VirtualDisk kept(Path image, Bus bus) {
    return new VirtualDisk(image, bus, true, Optional.empty());
  }

  /** A disk whose image never changes. */
  public static VirtualDisk snapshot(Path image, Bus bus) {
    return new VirtualDisk(image, bus, false, Optional.empty());
  }

  /** The same with its writes recorded in a file, which must exist. */
  public VirtualDisk recorded(Path file) {
    return new VirtualDisk(image, bus, kept, Optional.of(file));
  }

  private String medium() {
    return log.isEmpty()
        ? "format=raw,file=" + image + (kept ? "" : ",snapshot=on")
        : "driver=blklogwrites,log-super-update-interval=1,file.driver=file,file.filename="
            + image
            + ",log.driver=file,log.filename="
            + log.get();
  }

  /**
   * QEMU's arguments.
   *
   * @param number which disk it is, from 0
   * @param bootIndex in which order firmware tries it, from 0
   */
  List<String> arguments(int number, int bootIndex) {
    String name = "disk" + number;
    String drive = "id=" + name + ",if=none," + medium();
    String rest = ",drive=" + name + ",bootindex=" + bootIndex;
    List<String> before = List.of("-drive", drive);
    List<String> device =
        switch (bus) {
          case VIRTIO -> List.of("-device", "virtio-blk-pci" + rest);
          case NVME -> List.of("-device", "nvme,serial=nvme" + number + rest);
          case SATA -> List.of("-device", "ide-hd" + rest);
          case SCSI ->
              List.of("-device", "virtio-scsi-pci,id=scsi" + number, "-device", "scsi-hd" + rest);
          case USB ->
              List.of("-device", "qemu-xhci,id=usb" + number, "-device", "usb-storage" + rest);
          case SD ->
              List.of("-device", "sdhci-pci,id=sd" + number, "-device", "sd-card,drive=" + name);
        };
    var all = new java.util.ArrayList<>(before);
    all.addAll(device);
    return all;
  }
}
