// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.io.FormatException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How a repository keeps the contents of files. */
public enum RepositoryMode {
  /** Compressed, with all metadata in the object: what web servers serve. */
  ARCHIVE("archive-z2"),
  /** As the files they are, owners and attributes included: what machines boot from. Root only. */
  BARE("bare"),
  /** Plain files that remember in {@code user.ostreemeta} what they should be. */
  BARE_USER("bare-user"),
  /** Plain files of root without special bits and attributes: for applications. */
  BARE_USER_ONLY("bare-user-only");

  private final String configName;

  RepositoryMode(String configName) {
    this.configName = configName;
  }

  /** The word in the repository's configuration. */
  public String configName() {
    return configName;
  }

  /**
   * The mode of a word, as in a configuration or on a command line; {@code archive} is one, too.
   */
  public static RepositoryMode parse(String word) throws FormatException {
    if (word.equals("archive")) {
      return ARCHIVE;
    }
    for (RepositoryMode mode : values()) {
      if (mode.configName.equals(word)) {
        return mode;
      }
    }
    throw new FormatException(
        "repository mode: found \""
            + word
            + "\", expected archive, "
            + Arrays.stream(values())
                .map(RepositoryMode::configName)
                .collect(Collectors.joining(", ")));
  }
}
