// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import java.nio.file.Path;

/**
 * One thing that is wrong with a specification.
 *
 * @param file the specification or layer it stands in
 * @param line counted from 1
 * @param column counted from 1
 * @param message what is wrong and how to mend it
 */
public record SpecProblem(Path file, int line, int column, String message) {

  /** {@code robot.yaml:3:7: message}, as compilers write it and editors understand it. */
  @Override
  public String toString() {
    return file + ":" + line + ":" + column + ": " + message;
  }
}
