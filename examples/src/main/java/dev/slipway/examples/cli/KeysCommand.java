// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.signature.DevelopmentKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "keys", description = "Makes keys that sign updates, for development.")
final class KeysCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "create",
      description = {
        "Makes a development authority and a signer below it.",
        "Writes ca.pem (machines trust it), ca.key, signer.pem and signer.key (they sign updates). The keys are not encrypted: whoever reads them can update every machine that trusts ca.pem."
      })
  int create(
      @Parameters(paramLabel = "DIR", description = "Where they go; made when missing.")
          Path directory,
      @Option(
              names = "--name",
              defaultValue = "Slipway",
              description = "Becomes part of the certificates' names. Default: ${DEFAULT-VALUE}.")
          String name,
      @Option(
              names = "--kind",
              defaultValue = "RSA",
              description =
                  "${COMPLETION-CANDIDATES}; RAUC and SWUpdate of Debian 12 do not verify ED25519. Default: ${DEFAULT-VALUE}.")
          DevelopmentKeys.Kind kind,
      @Option(
              names = "--days",
              defaultValue = "365",
              description = "How long they are valid. Default: ${DEFAULT-VALUE}.")
          int days)
      throws IOException {
    DevelopmentKeys keys =
        DevelopmentKeys.create(kind, name, Instant.now(), days, new SecureRandom());
    var files = new LinkedHashMap<String, String>();
    files.put("ca.pem", DevelopmentKeys.pem(keys.authority()));
    files.put("ca.key", DevelopmentKeys.pem(keys.authorityKey()));
    files.put("signer.pem", DevelopmentKeys.pem(keys.signer().certificate()));
    files.put("signer.key", DevelopmentKeys.pem(keys.signerKey()));
    Files.createDirectories(directory);
    for (String file : files.keySet()) {
      if (Files.exists(directory.resolve(file))) {
        throw new FileAlreadyExistsException(directory.resolve(file).toString());
      }
    }
    for (Map.Entry<String, String> file : files.entrySet()) {
      write(directory.resolve(file.getKey()), file.getValue());
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        directory + ": ca.pem, ca.key, signer.pem, signer.key, valid for " + days + " days");
    out.flush();
    PrintWriter err = spec.commandLine().getErr();
    err.println(
        "WARNING: these are keys for development. They lie unencrypted in " + directory + ".");
    err.println("WARNING: whoever reads them can install anything on machines that trust ca.pem.");
    err.println("WARNING: for machines in the field, keep the authority's key off line.");
    err.flush();
    return 0;
  }

  /** Nobody else may read it, from its first moment on. */
  private static void write(Path file, String text) throws IOException {
    boolean key = file.toString().endsWith(".key");
    var permissions =
        PosixFilePermissions.asFileAttribute(
            PosixFilePermissions.fromString(key ? "rw-------" : "rw-r--r--"));
    try (var channel =
        Files.newByteChannel(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), permissions)) {
      var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }
}
