// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * GRUB's environment block as it was found.
 *
 * @param path its file
 * @param offsetBytes where its first byte lies in the image; -1 when the file is in several pieces
 * @param variables in the order of the block
 */
public record BootEnvironment(String path, long offsetBytes, Map<String, String> variables) {
  public BootEnvironment {
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
  }
}
