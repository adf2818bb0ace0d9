// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.digest.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a system shall consist of.
 *
 * <p>Order matters as it does on apt's command line: where two packages want different ones of the
 * same alternatives, the first asked for decides.
 *
 * @param base whether to begin with what no Debian system is without: everything essential,
 *     everything of priority required, and apt
 * @param packages what is asked for by name: {@code nginx}, {@code nginx=1.22.1-9}, {@code
 *     nginx/bookworm-backports}, {@code nginx:amd64}
 * @param recommends whether recommended packages come too; without by default, as images want it
 * @param pins preferences among versions, the first that matches a version decides
 */
public record PackageRequest(
    boolean base, List<String> packages, boolean recommends, List<Pin> pins) {
  public PackageRequest {
    packages = List.copyOf(packages);
    pins = List.copyOf(pins);
  }

  /** The base system and the named packages, without recommended ones. */
  public static PackageRequest of(List<String> packages) {
    return new PackageRequest(true, packages, false, List.of());
  }

  /** The base system and the named packages, without recommended ones. */
  public static PackageRequest of(String... packages) {
    return of(List.of(packages));
  }

  /** The same without the base system: only the named packages and what they need. */
  public PackageRequest withoutBase() {
    return new PackageRequest(false, packages, recommends, pins);
  }

  public PackageRequest withRecommends() {
    return new PackageRequest(base, packages, true, pins);
  }

  public PackageRequest withPins(List<Pin> preferences) {
    return new PackageRequest(base, packages, recommends, preferences);
  }

  /** The request as text, one thing a line: what the digest is of. */
  String text() {
    var lines = new ArrayList<String>();
    lines.add("base " + base);
    lines.add("recommends " + recommends);
    packages.forEach(name -> lines.add("package " + name));
    pins.forEach(pin -> lines.add("pin " + pin));
    return String.join("\n", lines) + "\n";
  }

  /** Changes when anything is asked for differently. A lock file keeps it, to notice. */
  public Digest digest() {
    return Digest.of(text().getBytes(StandardCharsets.UTF_8));
  }
}
