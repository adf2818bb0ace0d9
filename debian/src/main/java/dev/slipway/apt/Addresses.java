// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Addresses of files in an archive. */
final class Addresses {
  private static final String UNRESERVED = "-._/";

  private Addresses() {}

  /** The address of a path below a base. Flat archives write {@code ./} for their own directory. */
  static URI below(URI base, String path) {
    String start = base.toString().replaceFirst("/+$", "");
    String bare = path.replaceFirst("^(\\./+)+", "").replaceFirst("/+$", "");
    return URI.create(start + "/" + encoded(bare));
  }

  /**
   * Percent-encodes everything that means something somewhere. Some servers take a bare plus for a
   * blank, and a percent sign in a package's file name is one.
   */
  private static String encoded(String path) {
    var out = new StringBuilder();
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || UNRESERVED.indexOf(c) >= 0;
      if (plain) {
        out.append(c);
      } else {
        out.append(String.format(Locale.ROOT, "%%%02X", (int) c));
      }
    }
    return out.toString();
  }
}
