// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

/** Is told what every part of the target is made of. */
interface Ledger {
  /** Is told and forgets. */
  Ledger NONE =
      new Ledger() {
        @Override
        public void zeros(long address, long length) {}

        @Override
        public void literal(long address, long length) {}

        @Override
        public void copy(long address, long length) {}

        @Override
        public void diff(long address, long length, long differing) {}
      };

  void zeros(long address, long length);

  void literal(long address, long length);

  void copy(long address, long length);

  void diff(long address, long length, long differing);
}
