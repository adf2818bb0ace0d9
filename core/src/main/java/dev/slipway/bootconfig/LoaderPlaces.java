// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

/**
 * Where a disk's two boot loaders of each kind lie.
 *
 * <pre>
 *   BIOS boot partition   sectors 0 to 1023      place 1: a core image; its start sector is the last
 *                         sectors 1024 to 2047   place 2
 *   EFI system partition  /EFI/BOOT              the confirmed one: the name firmware looks for
 *                         /EFI/SPARE             the other; which is 1 and which 2 a file in it says
 * </pre>
 *
 * <p>The number in the first sector tells which core image is the confirmed one.
 */
public final class LoaderPlaces {
  /** The size of a place in the BIOS boot partition. */
  public static final int BIOS_BYTES = 512 << 10;

  /** The directory with the confirmed programs. */
  public static final String EFI_NAMED = "/EFI/BOOT";

  /** The directory with the others. */
  public static final String EFI_SPARE = "/EFI/SPARE";

  /** With the place's number behind it, the file that tells which directory this is. */
  public static final String EFI_PLACE_FILE = "PLACE";

  private static final int SECTOR_BYTES = 512;

  private LoaderPlaces() {}

  /** The number of the other place: 2 for 1, 1 for 2. */
  public static int other(int place) {
    return 3 - place;
  }

  /** The start sector of a place, counted from the start of the BIOS boot partition. */
  public static int startSector(int place) {
    return place * BIOS_BYTES / SECTOR_BYTES - 1;
  }
}
