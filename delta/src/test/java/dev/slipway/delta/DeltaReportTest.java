// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.delta.DeltaReport.Entry;
import dev.slipway.delta.DeltaReport.Kind;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import dev.slipway.volume.ComposedVolume;
import dev.slipway.volume.Volume;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the bytes of a delta go, and for which files. */
class DeltaReportTest {
  private static final int FILE = 1 << 20;

  private static Volume target;
  private static byte[] delta;
  private static DeltaReport whenMade;

  @BeforeAll
  static void make(@TempDir Path scratch) throws IOException {
    var random = new Random(7);
    byte[] kept = bytes(random, FILE);
    byte[] edited = bytes(random, FILE);
    byte[] after = edited.clone();
    for (int i = 0; i < after.length; i += 100) {
      after[i]++;
    }
    Volume before =
        ComposedVolume.build(
            4L * FILE, v -> v.bytes(0, kept).bytes(FILE, edited).bytes(2 * FILE, zipped(0)));
    target =
        ComposedVolume.build(
            5L * FILE + 4096,
            v -> {
              file(v, 0, "/usr/lib/kept.so", kept);
              file(v, FILE, "/usr/lib/edited.so", after);
              file(v, 2 * FILE, "/usr/share/doc/log.gz", zipped(1));
              file(v, 3 * FILE, "/etc/\"new\" & <odd>", bytes(random, FILE / 2));
              v.bytes(4 * FILE, bytes(random, 4096)); // of no file
            });
    try (BlockDelta made =
        BlockDelta.between(
            before, target, DeltaOptions.of(scratch).withProfile(Profile.MAX), Progress.none())) {
      var out = new ByteArrayOutputStream();
      made.writeTo(out);
      delta = out.toByteArray();
      whenMade = made.report();
    }
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static void file(ComposedVolume.Builder volume, long at, String path, byte[] bytes) {
    volume.content(at, path, Content.bytes(bytes), 0, bytes.length);
  }

  /** A log of which one line in a hundred depends on the release. */
  private static byte[] zipped(int release) {
    var text = new StringBuilder();
    var random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      text.append(i % 100 == 0 ? "release " + release : "line " + random.nextInt()).append('\n');
    }
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(text.toString().getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static DeltaReport read() throws IOException {
    return DeltaReport.of(new ByteArrayInputStream(delta), "x.delta", target);
  }

  private static Entry entry(DeltaReport report, String path) {
    return report.entries().stream().filter(each -> each.path().equals(path)).findFirst().get();
  }

  @Test
  void isTheSameFromTheFileAsFromTheMaking() throws IOException {
    assertThat(read()).isEqualTo(whenMade);
  }

  @Test
  void costsAddUpToTheDelta() {
    assertThat(whenMade.deltaBytes()).isEqualTo(delta.length);
    assertThat(whenMade.entries().stream().mapToLong(Entry::cost).sum()).isEqualTo(delta.length);
    assertThat(whenMade.kinds().stream().mapToLong(Kind::bytes).sum()).isEqualTo(delta.length);
  }

  @Test
  void namesFilesAndSaysWhatBecameOfThem() {
    assertThat(entry(whenMade, "/usr/lib/kept.so"))
        .returns((long) FILE, Entry::copied)
        .returns("it is as it was", Entry::reason);
    Entry edited = entry(whenMade, "/usr/lib/edited.so");
    assertThat(edited.predicted()).isBetween(FILE - 100L, (long) FILE);
    assertThat(edited.differing()).isBetween(FILE / 100 - 1L, FILE / 100 + 1L);
    assertThat(edited.reason()).isEqualTo("1.0% of its bytes differ from the old ones");
    Entry fresh = entry(whenMade, "/etc/\"new\" & <odd>");
    assertThat(fresh.fresh()).isEqualTo(FILE / 2);
    assertThat(fresh.reason()).isEqualTo("100.0% of it is new");
    assertThat(whenMade.entries().get(0)).isEqualTo(fresh);
    assertThat(entry(whenMade, "/usr/share/doc/log.gz (gzip, opened)").cost()).isBetween(1L, 4000L);
    assertThat(whenMade.entries())
        .extracting(Entry::path)
        .contains("bytes from 4194304 to 5242880", "(header and checks)");
  }

  @Test
  void goesByPositionsWithoutTheTarget() throws IOException {
    DeltaReport report = DeltaReport.of(new ByteArrayInputStream(delta), "x.delta");
    assertThat(report.entries())
        .extracting(Entry::path)
        .contains("bytes from 0 to 1048576", "bytes from 2097152 to 3145728 (gzip, opened)");
    assertThat(report.entries().stream().mapToLong(Entry::cost).sum()).isEqualTo(delta.length);
    assertThat(report.kinds()).isEqualTo(whenMade.kinds());
  }

  @Test
  void refusesAnotherTarget() {
    Volume other = Volume.of(BlockSource.bytes(new byte[(int) target.size()]));
    assertThatThrownBy(() -> DeltaReport.of(new ByteArrayInputStream(delta), "x.delta", other))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith(
            "x.delta: makes another image than the one given, one of 5246976 bytes with the");
  }

  @Test
  void printsText() {
    assertThat(whenMade.text())
        .startsWith("delta of ")
        .contains("%  differences\n", "/usr/lib/edited.so: 1.0% of its bytes differ")
        .contains("what to do\n", "(header and checks): it makes no bytes of its own\n");
  }

  @Test
  void printsJson() {
    assertThat(whenMade.json())
        .startsWith("{\n  \"deltaBytes\": " + delta.length + ",\n  \"kinds\": [\n")
        .contains(
            "{\"path\": \"/etc/\\\"new\\\" & <odd>\", \"targetBytes\": 524288, \"copied\": 0,");
  }

  @Test
  void drawsDirectoriesAroundTheirFiles() {
    var report =
        new DeltaReport(
            300,
            List.of(),
            List.of(fresh("/usr/lib/a"), fresh("/usr/lib/b"), fresh("/etc/deep/er/c")));
    assertThat(report.html())
        .contains(">/usr/lib/: 200 B<", ">/usr/lib/a: 100 B;", ">/etc/deep/er/c: 100 B;")
        .doesNotContain(">/usr/: ", ">/etc/: ");
  }

  private static Entry fresh(String path) {
    return new Entry(path, 100, 0, 0, 0, 100, 100);
  }

  @Test
  void drawsAPageThatLoadsNothing() {
    String page = whenMade.html();
    assertThat(page)
        .contains("<svg ", "/etc/&quot;new&quot; &amp; &lt;odd&gt;: ")
        .doesNotContain("http", "src=", "href", "@import", "url(", "<script", "<odd>");
    int rectangles = page.split("<rect ", -1).length - 1;
    List<Entry> drawn = whenMade.entries().stream().filter(each -> each.cost() > 0).toList();
    assertThat(rectangles).isGreaterThanOrEqualTo(drawn.size());
  }
}
