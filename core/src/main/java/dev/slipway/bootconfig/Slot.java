// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

/** One of the places on a disk that hold a whole system. A layout with a single slot has only A. */
public enum Slot {
  A,
  B;

  /** The slot that is not this one. */
  public Slot other() {
    return this == A ? B : A;
  }

  /** The environment variable that is 1 while the slot may be booted: RAUC's name. */
  public String okVariable() {
    return name() + "_OK";
  }

  /** The environment variable that counts how often the slot was started unconfirmed. */
  public String tryVariable() {
    return name() + "_TRY";
  }
}
