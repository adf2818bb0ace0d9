// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return Main.versionLines().toArray(String[]::new);
  }
}
