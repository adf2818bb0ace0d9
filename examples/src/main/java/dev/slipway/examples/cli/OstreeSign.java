// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.OstreeRepository;
import dev.slipway.ostree.Signing;
import dev.slipway.ostree.Verification;
import dev.slipway.signature.Ed25519Keys;
import dev.slipway.signature.Ed25519PublicKey;
import dev.slipway.signature.Keyring;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands that sign, verify and summarise. */
final class OstreeSign {
  private OstreeSign() {}

  @Command(name = "sign", description = "Signs a commit.")
  static final class Sign extends OstreeTask {
    @Parameters(paramLabel = "COMMIT", description = "A ref or checksum.")
    String commit;

    @Mixin OstreeSigningOptions signing;

    @Override
    int run(PrintWriter out) throws IOException {
      OstreeRepository repository = open();
      Digest checksum = repository.resolve(commit);
      List<Signing> all = signing.signings(Clock.systemUTC().instant());
      if (all.isEmpty()) {
        throw new IllegalArgumentException("with what? Name --gpg-sign or --keys-file");
      }
      for (Signing each : all) {
        repository.signCommit(checksum, each);
      }
      return 0;
    }
  }

  @Command(
      name = "verify",
      description = "Checks the signatures of a commit, or of the summary when none is named.")
  static final class Verify extends OstreeTask {
    @Parameters(arity = "0..1", paramLabel = "COMMIT", description = "A ref or checksum.")
    String commit;

    @Option(
        names = "--remote",
        paramLabel = "NAME",
        description = "Whose keys and rules of the configuration count.")
    String remote;

    @Option(names = "--keyring", paramLabel = "FILE", description = "OpenPGP keys that count.")
    List<Path> keyrings = List.of();

    @Option(
        names = "--public-key",
        paramLabel = "BASE64",
        description = "An Ed25519 key that counts.")
    List<String> publicKeys = List.of();

    @Override
    int run(PrintWriter out) throws IOException {
      OstreeRepository repository = open();
      Instant now = Clock.systemUTC().instant();
      Verification wanted = wanted(repository, now);
      if (!wanted.isWanted()) {
        throw new IllegalArgumentException(
            "whose signature? Name --remote, --keyring or --public-key");
      }
      List<String> good =
          commit == null
              ? repository.verifySummary(wanted)
              : repository.verifyCommit(repository.resolve(commit), wanted);
      good.forEach(out::println);
      return 0;
    }

    private Verification wanted(OstreeRepository repository, Instant now) throws IOException {
      if (remote != null) {
        var configured = repository.remote(remote, now);
        return commit == null ? configured.summary() : configured.commits();
      }
      Keyring keyring = Keyring.empty();
      for (Path file : keyrings) {
        keyring = keyring.plus(Keyring.read(file));
      }
      var keys = new ArrayList<Ed25519PublicKey>();
      for (String key : publicKeys) {
        keys.add(Ed25519PublicKey.parse(key, "--public-key"));
      }
      return new Verification(
          keyrings.isEmpty() ? Optional.empty() : Optional.of(keyring),
          keys.isEmpty() ? Optional.empty() : Optional.of(Ed25519Keys.none().trusting(keys)),
          now);
    }
  }

  @Command(name = "summary", description = "Shows the summary, or writes and signs it.")
  static final class Summary extends OstreeTask {
    @Option(
        names = {"-u", "--update"},
        description = "Write it anew, and sign it when a key is named.")
    boolean update;

    @Option(names = "--json", description = "Print JSON instead of text.")
    boolean json;

    @Mixin OstreeSigningOptions signing;

    @Override
    int run(PrintWriter out) throws IOException {
      OstreeRepository repository = open();
      if (update) {
        Instant now = Clock.systemUTC().instant();
        List<Signing> all = signing.signings(now);
        repository.writeSummary(now);
        for (Signing each : all) {
          repository.signSummary(each);
        }
        return 0;
      }
      dev.slipway.ostree.Summary summary =
          repository
              .summary()
              .orElseThrow(() -> new IOException("there is no summary; write one with -u"));
      if (json) {
        printJson(summary, out);
        return 0;
      }
      for (var ref : summary.refs()) {
        out.println("* " + ref.name());
        out.println("    Latest Commit (" + ref.commitBytes() + " bytes): " + ref.commit());
        ref.version().ifPresent(version -> out.println("    Version: " + version));
        ref.timestamp()
            .ifPresent(at -> out.println("    Timestamp: " + Timestamps.show(at.getEpochSecond())));
      }
      summary.metadata().entries().forEach(e -> out.println(e.key() + ": " + e.value()));
      return 0;
    }

    private static void printJson(dev.slipway.ostree.Summary summary, PrintWriter out)
        throws IOException {
      JsonText.print(
          out,
          generator -> {
            generator.writeStartArray();
            for (var ref : summary.refs()) {
              generator.writeStartObject();
              generator.writeStringField("ref", ref.name());
              generator.writeStringField("commit", ref.commit().hex());
              if (ref.version().isPresent()) {
                generator.writeStringField("version", ref.version().get());
              }
              if (ref.timestamp().isPresent()) {
                generator.writeNumberField("timestamp", ref.timestamp().get().getEpochSecond());
              }
              generator.writeEndObject();
            }
            generator.writeEndArray();
          });
    }
  }
}
