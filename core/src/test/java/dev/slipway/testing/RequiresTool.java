// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that asks a real tool. On a machine without the tool it is skipped aloud; with {@code
 * CI=true} it fails instead, because CI installs them all.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Repeatable(RequiresTool.All.class)
@ExtendWith(ToolCondition.class)
public @interface RequiresTool {
  /** The program's name on the search path, or an absolute path of a file it needs. */
  String value();

  /** The Debian package that holds it. */
  String in();

  /** Several tools. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  @ExtendWith(ToolCondition.class)
  @interface All {
    RequiresTool[] value();
  }
}
