// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Counts the members of files by kind: found, with a recipe, and what the recipes cost.
 *
 * <p>{@code benchmarks/peers/members.sh} runs it.
 */
final class MemberSurvey {
  /** What was counted of one kind. */
  static final class Row {
    int found;
    int rebuilt;
    int adjusted;
    long bytes;
    long plainBytes;
    long recipeBytes;
    long nanos;
  }

  private final Map<MemberKind, Row> rows = new EnumMap<>(MemberKind.class);
  private final boolean verbose;

  MemberSurvey(boolean verbose) {
    this.verbose = verbose;
  }

  Row row(MemberKind kind) {
    return rows.computeIfAbsent(kind, k -> new Row());
  }

  void add(BlockSource file, String name) throws IOException {
    List<Member> members = MemberFinder.standard().find(file);
    for (Member member : members) {
      Row row = row(member.kind());
      long start = System.nanoTime();
      Optional<byte[]> recipe = Recipe.of(file, member);
      long nanos = System.nanoTime() - start;
      row.found++;
      row.bytes += member.length();
      row.plainBytes += member.plainLength();
      row.nanos += nanos;
      recipe.ifPresent(
          bytes -> {
            row.rebuilt++;
            row.recipeBytes += bytes.length;
            row.adjusted += bytes.length > 3 && (bytes[2] & 6) != 0 ? 1 : 0;
          });
      boolean odd = recipe.isEmpty() || recipe.get().length > 60 || member.length() > 1 << 20;
      if (verbose && odd) {
        System.out.printf(
            Locale.ROOT,
            "%s %s recipe %s %d ms%n",
            name,
            member,
            recipe.map(r -> r.length + " " + Arrays.toString(Arrays.copyOf(r, 2))).orElse("none"),
            nanos / 1_000_000);
      }
    }
  }

  String table() {
    var out = new StringBuilder("kind  found  rebuilt  adjusted  bytes  plain  recipes  seconds\n");
    rows.forEach(
        (kind, row) ->
            out.append(
                String.format(
                    Locale.ROOT,
                    "%s %d %d %d %d %d %d %.2f%n",
                    kind.label(),
                    row.found,
                    row.rebuilt,
                    row.adjusted,
                    row.bytes,
                    row.plainBytes,
                    row.recipeBytes,
                    row.nanos / 1e9)));
    return out.toString();
  }

  public static void main(String[] files) throws IOException {
    var survey = new MemberSurvey(true);
    for (String file : files) {
      try (BlockSource source = BlockSource.file(Path.of(file))) {
        survey.add(source, file);
      }
    }
    System.out.print(survey.table());
  }
}
