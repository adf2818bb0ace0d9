// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

/** Where boot loader and kernel talk. */
public enum BootConsole {
  /** The machine's screen and keyboard. */
  SCREEN,
  /** The first serial port, 115200 baud. */
  SERIAL,
  /** Both; the kernel's {@code /dev/console} is the serial port. */
  BOTH;

  boolean serial() {
    return this != SCREEN;
  }

  boolean screen() {
    return this != SERIAL;
  }
}
