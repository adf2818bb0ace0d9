// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A person's or service's account in the image.
 *
 * @param uid nothing lets the build choose from 1000 on; the lock file then keeps the choice
 * @param groups further groups, which must exist in the image or are made
 * @param passwordHash as {@code /etc/shadow} holds it; nothing locks the password, keys still work
 * @param sshKeys lines of {@code authorized_keys}
 */
public record User(
    String name,
    OptionalInt uid,
    List<String> groups,
    String shell,
    String comment,
    Optional<String> passwordHash,
    List<String> sshKeys) {
  public User {
    groups = List.copyOf(groups);
    sshKeys = List.copyOf(sshKeys);
  }
}
