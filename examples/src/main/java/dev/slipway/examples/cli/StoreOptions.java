// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.build.BuildOptions;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the store is; commands that use one share this. */
final class StoreOptions {
  @Option(
      names = "--store",
      paramLabel = "DIR",
      description =
          "Where packages and results are kept. Default: slipway in the user's cache folder.")
  Path store;

  Path directory() {
    return store == null ? BuildOptions.defaultStore(System.getenv()) : store;
  }
}
