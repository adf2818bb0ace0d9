// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What must hold before a slot that was started is confirmed to the boot loader.
 *
 * @param checks whether anything is checked; otherwise a start that gets to its usual end will do
 * @param network {@code route}, or {@code HOST:PORT} that must answer; nothing asks for no network
 * @param checkSeconds how long each check may take
 * @param mayFail units whose failure condemns nothing
 */
public record HealthSettings(
    boolean checks, Optional<String> network, int checkSeconds, List<String> mayFail) {
  public HealthSettings {
    Objects.requireNonNull(network, "network");
    mayFail = List.copyOf(mayFail);
  }
}
