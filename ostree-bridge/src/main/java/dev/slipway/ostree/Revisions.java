// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.object.ObjectType;
import java.io.IOException;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Finds the commit that a person means. */
final class Revisions {
  private static final Pattern CHECKSUM = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern BEGINNING = Pattern.compile("[0-9a-f]{2,63}");

  private Revisions() {}

  static Digest resolve(OstreeRepository repository, String revision) throws IOException {
    if (revision.endsWith("^")) {
      String child = revision.substring(0, revision.length() - 1);
      Digest commit = resolve(repository, child);
      return repository
          .commit(commit)
          .parent()
          .orElseThrow(() -> new NoSuchRefException("commit " + commit + " has no parent"));
    }
    if (CHECKSUM.matcher(revision).matches()) {
      return Digest.parse(revision);
    }
    Optional<Digest> found = byRef(repository, revision);
    if (found.isEmpty() && BEGINNING.matcher(revision).matches()) {
      found = byBeginning(repository, revision);
    }
    return found.orElseThrow(
        () ->
            new NoSuchRefException(
                "no ref or commit \"" + revision + "\" in " + repository.directory()));
  }

  private static Optional<Digest> byRef(OstreeRepository repository, String revision)
      throws IOException {
    int colon = revision.indexOf(':');
    if (colon >= 0) {
      return repository.refs().remote(revision.substring(0, colon), revision.substring(colon + 1));
    }
    return repository.refs().head(revision);
  }

  private static Optional<Digest> byBeginning(OstreeRepository repository, String beginning)
      throws IOException {
    var found = new TreeSet<Digest>();
    repository
        .objects()
        .forEach(
            Integer.parseInt(beginning.substring(0, 2), 16),
            (name, file) -> {
              if (name.type() == ObjectType.COMMIT && name.checksum().hex().startsWith(beginning)) {
                found.add(name.checksum());
              }
            });
    if (found.size() > 1) {
      throw new NoSuchRefException(
          "\"" + beginning + "\" is the beginning of " + found.size() + " commits");
    }
    return found.stream().findFirst();
  }
}
