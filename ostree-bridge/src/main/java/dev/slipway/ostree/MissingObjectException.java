// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.ostree.object.ObjectName;
import java.io.IOException;

/** A repository does not hold an object that something in it names. */
public final class MissingObjectException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient ObjectName name;

  MissingObjectException(ObjectName name, Throwable cause) {
    super(name + ": the repository does not hold this object", cause);
    this.name = name;
  }

  /** What is missing. */
  public ObjectName name() {
    return name;
  }
}
