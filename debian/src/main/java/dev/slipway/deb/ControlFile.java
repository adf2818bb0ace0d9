// SPDX-License-Identifier: Apache-2.0
package dev.slipway.deb;

import java.nio.charset.StandardCharsets;

/**
 * A file that a package brings for dpkg, not for the system: {@code postinst}, {@code conffiles},
 * {@code md5sums}, {@code triggers}, ...
 */
public final class ControlFile {
  private final String name;
  private final int mode;
  private final byte[] content;

  ControlFile(String name, int mode, byte[] content) {
    this.name = name;
    this.mode = mode;
    this.content = content;
  }

  /** Without a directory: {@code postinst}. */
  public String name() {
    return name;
  }

  /** Permission bits, such as 0755 for a maintainer script. */
  public int mode() {
    return mode;
  }

  /** A copy of the content. */
  public byte[] bytes() {
    return content.clone();
  }

  /** The content as UTF-8. */
  public String text() {
    return new String(content, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return name + " (" + content.length + " bytes)";
  }
}
