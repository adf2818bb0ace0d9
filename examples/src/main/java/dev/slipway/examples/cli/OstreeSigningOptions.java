// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.ostree.SignatureKind;
import dev.slipway.ostree.Signing;
import dev.slipway.signature.Ed25519SecretKey;
import dev.slipway.signature.OpenPgpSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** With what to sign; commands that sign share this. */
final class OstreeSigningOptions {
  @Option(
      names = "--gpg-sign",
      paramLabel = "KEY|FILE",
      description =
          "Sign with an OpenPGP key: a file that holds the secret key, or a key id for gpg.")
  List<String> gpgKeys = List.of();

  @Option(
      names = "--gpg-homedir",
      paramLabel = "DIR",
      description = "Where gpg finds the key. Default: gpg's own.")
  Path gpgHome;

  @Option(
      names = "--keys-file",
      paramLabel = "FILE",
      description = "Sign with the Ed25519 keys of a file: base64 of 64 bytes on each line.")
  Path keysFile;

  List<Signing> signings(Instant at) throws IOException {
    var all = new ArrayList<Signing>();
    for (String key : gpgKeys) {
      Path file = Path.of(key);
      all.add(
          Files.isRegularFile(file)
              ? Signing.with(
                  OpenPgpSigner.read(Files.readAllBytes(file), new char[0], file.toString()), at)
              : new Signing(SignatureKind.OPENPGP, data -> GpgProgram.sign(key, gpgHome, data)));
    }
    if (keysFile != null) {
      for (String line : Files.readAllLines(keysFile)) {
        if (!line.isBlank()) {
          all.add(Signing.with(Ed25519SecretKey.parse(line, keysFile.toString())));
        }
      }
    }
    return all;
  }
}
