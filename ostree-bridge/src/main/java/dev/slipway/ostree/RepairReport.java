// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.ostree.object.ObjectName;
import java.util.List;

/**
 * What repairing did.
 *
 * @param repaired objects that were replaced
 * @param after what is wrong still
 */
public record RepairReport(List<ObjectName> repaired, FsckReport after) {
  public RepairReport {
    repaired = List.copyOf(repaired);
  }
}
