// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What SWUpdate wants to know beyond a recipe.
 *
 * @param hardware the revisions the update is for, as {@code /etc/hwrevision} has them behind the
 *     board's name: {@code 1.0}
 * @param copies for each set of slots the device that takes each slot's image. One set with an
 *     empty name is what always gets installed; otherwise the names are what {@code swupdate -e
 *     stable,NAME} chooses from
 */
public record SwuOptions(List<String> hardware, Map<String, Map<String, String>> copies) {
  public SwuOptions {
    hardware = List.copyOf(hardware);
    var ordered = new TreeMap<String, Map<String, String>>();
    copies.forEach((name, devices) -> ordered.put(name, new TreeMap<>(devices)));
    copies = Collections.unmodifiableMap(ordered); // sorted, because the order shows in the bytes
    if (hardware.isEmpty() || copies.isEmpty()) {
      throw new IllegalArgumentException("SWUpdate needs a hardware revision and a device");
    }
    if (copies.containsKey("") && copies.size() > 1) {
      throw new IllegalArgumentException("sets of slots beside others need names: " + copies);
    }
  }
}
