// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import java.util.List;
import java.util.Optional;

/**
 * How the installed system presents itself.
 *
 * @param hostname a name, or a template with {@code ${serial}}, {@code ${mac}}, {@code ${uuid}} or
 *     {@code ${machine-id}}
 * @param locale such as {@code C.UTF-8}
 * @param timezone such as {@code Etc/UTC}
 * @param keyboard the console's and X's layout, such as {@code us} or {@code de}
 * @param dhcp whether every Ethernet card asks for an address by itself
 * @param rootPasswordHash as {@code /etc/shadow} holds it; nothing locks it
 * @param watchdogSeconds after how many seconds of silence the hardware watchdog restarts the
 *     machine; 0 switches it off
 * @param health what a start must show before it counts as good
 */
public record SystemSettings(
    String hostname,
    String locale,
    String timezone,
    String keyboard,
    boolean dhcp,
    Optional<String> rootPasswordHash,
    List<String> rootSshKeys,
    List<User> users,
    List<String> enabledUnits,
    List<String> disabledUnits,
    List<String> maskedUnits,
    int watchdogSeconds,
    HealthSettings health) {
  public SystemSettings {
    rootSshKeys = List.copyOf(rootSshKeys);
    users = List.copyOf(users);
    enabledUnits = List.copyOf(enabledUnits);
    disabledUnits = List.copyOf(disabledUnits);
    maskedUnits = List.copyOf(maskedUnits);
  }
}
