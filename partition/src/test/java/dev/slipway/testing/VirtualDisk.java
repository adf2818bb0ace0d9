// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import java.nio.file.Path;
import java.util.List;

/**
 * A disk of a virtual machine.
 *
 * @param image a raw image
 * @param kept whether what the machine writes goes into the image; otherwise it is dropped
 */
public record VirtualDisk(Path image, Bus bus, boolean kept) {
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
    return new VirtualDisk(image, bus, true);
  }

  /** A disk whose image never changes. */
  public static VirtualDisk snapshot(Path image, Bus bus) {
    return new VirtualDisk(image, bus, false);
  }

  /**
   * QEMU's arguments.
   *
   * @param number which disk it is, from 0
   * @param bootIndex in which order firmware tries it, from 0
   */
  List<String> arguments(int number, int bootIndex) {
    String name = "disk" + number;
    String drive =
        "id=" + name + ",if=none,format=raw,file=" + image + (kept ? "" : ",snapshot=on");
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
