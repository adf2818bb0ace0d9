// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which of a machine's sources may serve a platform, when a specification names none: those of its
 * distribution, with the release replaced. So a machine that gets {@code bookworm}, {@code
 * bookworm-updates} and {@code bookworm-security} from somewhere serves {@code trixie} with {@code
 * trixie}, {@code trixie-updates} and {@code trixie-security} from the same places.
 *
 * <p>A source is a candidate if the release in its suite's name is one of the distribution's.
 * Whether it is the distribution's own and not a stranger's with the same suite names is told later
 * by the {@code Origin} of its signed Release file, never by its host.
 */
final class HostSources {
  /**
   * A source that may do.
   *
   * @param replaced whether the machine itself uses another release of it
   */
  record Candidate(SourceEntry source, boolean replaced) {
    /** Whether it is the release itself, not its updates. */
    boolean isBase(Platform platform) {
      return source.suite().equals(platform.suite());
    }
  }

  private record Place(URI base, String suite) {}

  private HostSources() {}

  static List<Candidate> candidates(AptConfiguration host, Platform platform) {
    var found = new LinkedHashMap<Place, Candidate>();
    for (SourceEntry source : host.sources()) {
      Optional<Candidate> candidate = candidate(source, host, platform);
      if (candidate.isPresent()) {
        SourceEntry mapped = candidate.get().source();
        found.merge(new Place(mapped.base(), mapped.suite()), candidate.get(), HostSources::joined);
      }
    }
    return List.copyOf(found.values());
  }

  private static Optional<Candidate> candidate(
      SourceEntry source, AptConfiguration host, Platform platform) {
    if (source.isFlat() || !source.serves(platform.architecture().name())) {
      return Optional.empty();
    }
    int cut = suffixStart(source.suite());
    String release = source.suite().substring(0, cut);
    String suffix = source.suite().substring(cut).replace("/updates", "-security");
    boolean ofDistribution =
        release.equals(platform.suite()) || platform.distribution().suites().contains(release);
    boolean same = release.equals(platform.suite());
    String suite = platform.suite() + suffix;
    boolean companion = suffix.isEmpty() || platform.companionSuites().contains(suite);
    if (!ofDistribution || (!same && !companion)) {
      return Optional.empty();
    }
    SourceEntry mapped = source.withSuite(suite);
    return Optional.of(
        new Candidate(same ? mapped : withDistributionKeys(mapped, host, platform), !same));
  }

  /** Where the release's name ends in a suite's name: at the first dash or slash. */
  private static int suffixStart(String suite) {
    for (int i = 0; i < suite.length(); i++) {
      if (suite.charAt(i) == '-' || suite.charAt(i) == '/') {
        return i;
      }
    }
    return suite.length();
  }

  /** Another release may be signed by other keys of the distribution than the machine's own is. */
  private static SourceEntry withDistributionKeys(
      SourceEntry source, AptConfiguration host, Platform platform) {
    SignedBy by = source.signedBy();
    if (by.files().isEmpty()) {
      return source.withSignedBy(SignedBy.anyTrusted());
    }
    Set<Path> files = new LinkedHashSet<>(by.files());
    for (String file : platform.distribution().keyringFiles()) {
      if (Files.isReadable(host.resolve(file))) {
        files.add(Path.of(file));
      }
    }
    return source.withSignedBy(new SignedBy(List.copyOf(files), List.of(), Optional.empty()));
  }

  /** Two stanzas for one place: all their components. */
  private static Candidate joined(Candidate one, Candidate other) {
    Set<String> components = new LinkedHashSet<>(one.source().components());
    components.addAll(other.source().components());
    SourceEntry first = one.replaced() ? other.source() : one.source();
    return new Candidate(
        first.withComponents(new ArrayList<>(components)), one.replaced() && other.replaced());
  }
}
