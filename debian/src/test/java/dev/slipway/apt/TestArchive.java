// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.digest.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Small archives made by hand: stanzas that only say what the test is about. */
final class TestArchive {
  private final List<PackageIndex> indexes = new ArrayList<>();

  private TestArchive() {}

  /** One index of default priority. */
  static TestArchive of(String... stanzas) throws IOException {
    return new TestArchive().and(IndexOrigin.of(0, "test", "main"), stanzas);
  }

  static TestArchive empty() {
    return new TestArchive();
  }

  /** A further index. */
  TestArchive and(IndexOrigin origin, String... stanzas) throws IOException {
    indexes.add(
        index(
            origin,
            String.join(
                "\n", java.util.Arrays.stream(stanzas).map(TestArchive::complete).toList())));
    return this;
  }

  static PackageIndex index(IndexOrigin origin, String text) throws IOException {
    return PackageIndex.read(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
        "Packages",
        origin,
        Architecture.of("amd64"));
  }

  /** What every stanza must say and no test is about. */
  private static String complete(String stanza) {
    var out = new StringBuilder(stanza);
    add(out, "Version", "1");
    add(out, "Architecture", "amd64");
    add(out, "Priority", "optional");
    String name =
        stanza
            .lines()
            .filter(line -> line.startsWith("Package: "))
            .findFirst()
            .orElseThrow()
            .substring(9);
    add(out, "Filename", "pool/" + name + ".deb");
    add(out, "Size", "100");
    add(out, "SHA256", Digest.of(stanza.getBytes(StandardCharsets.UTF_8)).hex());
    return out.toString();
  }

  private static void add(StringBuilder stanza, String field, String value) {
    if (!stanza.toString().startsWith(field + ":") && stanza.indexOf("\n" + field + ":") < 0) {
      stanza.append(field).append(": ").append(value).append('\n');
    }
  }

  List<PackageIndex> indexes() {
    return indexes;
  }

  Resolution resolve(PackageRequest request) throws IOException {
    return Resolver.of(Architecture.of("amd64"), indexes).resolve(request);
  }

  /** The chosen packages as text, without a base system: {@code [a 1, b 2]}. */
  String choose(String... packages) throws IOException {
    return resolve(PackageRequest.of(packages).withoutBase()).packages().toString();
  }
}
