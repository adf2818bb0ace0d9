// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.testing.RequiresTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code apt-get --simulate} on an empty system must install exactly what we resolve: same names,
 * same versions.
 */
@Tag("slow")
@RequiresTool(value = "apt-get", in = "apt")
class ResolverAgainstAptTest {
  /**
   * Without the base system where a line begins with {@code nobase}, with recommended packages
   * where it begins with {@code R}.
   */
  private static final List<String> SETS =
      """
      linux-image-cloud-{arch} systemd-sysv
      linux-image-{arch} systemd-sysv openssh-server dbus iproute2
      linux-image-cloud-{arch} initramfs-tools systemd-sysv udev dbus login iproute2 openssh-server grub-common zstd
      nginx python3 dbus network-manager
      R nginx
      python3 python3-numpy python3-yaml
      network-manager
      R network-manager
      default-mta
      bsd-mailx
      R bsd-mailx
      mail-transport-agent
      exim4
      R postgresql
      task-xfce-desktop
      R task-xfce-desktop
      default-jre-headless
      docker.io
      R docker.io
      libroscpp-dev python3-rospy
      awk
      gawk original-awk
      apache2 libapache2-mod-php mariadb-server
      postfix mutt
      R gnome-core
      nodejs npm
      build-essential
      wpasupplicant iw cron anacron logrotate
      locales console-setup keyboard-configuration
      chrony systemd-timesyncd
      R grub-efi-{arch}-signed shim-signed
      nobase grub-efi-{arch}-signed shim-signed busybox-static
      nobase grub-efi-{arch}-bin
      sysvinit-core
      sysvinit-core systemd-sysv
      exim4 postfix
      R lxqt
      nosuchpackage
      """
          .lines()
          .toList();

  @TempDir Path work;

  @ParameterizedTest
  @CsvSource({"bookworm,amd64,1", "bookworm,arm64,3", "trixie,amd64,3"})
  void choosesWhatAptChoosesFromTheHostsArchive(String suite, String architecture, int every)
      throws IOException, InterruptedException {
    PrivateApt apt = PrivateApt.ofHost(work, architecture, suite);
    String failure = apt.update();
    if (!failure.isEmpty() && !"true".equals(System.getenv("CI"))) {
      System.err.println(
          "SKIPPED "
              + suite
              + " "
              + architecture
              + ": the host's archives cannot be read:\n"
              + failure);
      Assumptions.abort("the host's archives cannot be read");
    }
    assertThat(failure).isEmpty();
    List<PackageIndex> indexes = apt.indexes();
    assertThat(indexes).isNotEmpty();

    int step = Boolean.getBoolean("slipway.long") ? 1 : every;
    int answered = compare(apt, indexes, architecture, PackageRequest.of(), "the base system");
    for (int i = 0; i < SETS.size(); i += step) {
      String set = SETS.get(i);
      var words = new ArrayList<>(List.of(set.replace("{arch}", architecture).split(" ")));
      boolean base = !words.remove("nobase");
      boolean recommends = words.remove("R");
      answered +=
          compare(
              apt,
              indexes,
              architecture,
              new PackageRequest(base, words, recommends, List.of()),
              set);
    }
    assertThat(answered).as("requests with an answer").isGreaterThan(SETS.size() / step * 2 / 3);
  }

  /** 1 when the request has an answer, 0 when apt refuses and so do we. */
  private static int compare(
      PrivateApt apt,
      List<PackageIndex> indexes,
      String architecture,
      PackageRequest request,
      String what)
      throws IOException, InterruptedException {
    TreeSet<String> theirs = apt.simulate(request);
    assertThat(choose(indexes, architecture, request)).as(what).isEqualTo(theirs);
    return theirs.isEmpty() ? 0 : 1;
  }

  private static TreeSet<String> choose(
      List<PackageIndex> indexes, String architecture, PackageRequest request) throws IOException {
    var chosen = new TreeSet<String>();
    try {
      Resolver.of(Architecture.of(architecture), indexes)
          .resolve(request)
          .packages()
          .forEach(found -> chosen.add(found.name() + "=" + found.version()));
    } catch (UnresolvableException e) {
      assertThat(e.problems()).isNotEmpty();
    }
    return chosen;
  }

  @Test
  void choosesWhatAptChoosesFromArchivesMadeAtRandom() throws IOException, InterruptedException {
    int count = Boolean.getBoolean("slipway.long") ? 2000 : 20;
    int answered = 0;
    int repaired = 0;
    for (int seed = 0; seed < count; seed++) {
      var random = new Random(seed);
      List<String> texts =
          List.of(RandomArchive.packages(random, "main"), RandomArchive.packages(random, "more"));
      Path root = Files.createDirectories(work.resolve("seed" + seed));
      var directories = new ArrayList<Path>();
      for (int i = 0; i < texts.size(); i++) {
        Path directory = Files.createDirectories(root.resolve("archive" + i));
        Files.writeString(directory.resolve("Packages"), texts.get(i));
        directories.add(directory);
      }
      PrivateApt apt = PrivateApt.ofDirectories(root, directories);
      assertThat(apt.update()).isEmpty();
      List<PackageIndex> indexes = apt.indexes();
      assertThat(indexes).hasSize(2);
      for (int i = 0; i < 5; i++) {
        PackageRequest request = RandomArchive.request(random);
        TreeSet<String> theirs = apt.simulate(request);
        String what = "seed " + seed + ", " + request + "\n" + String.join("\n", texts);
        Optional<Resolution> straight = straight(indexes, request);
        if (straight.isPresent()) {
          assertThat(text(straight.get())).as(what).isEqualTo(theirs);
          answered++;
        } else if (!theirs
            .isEmpty()) { // apt repaired what it had broken; our search does it in its own way
          Resolution ours = Resolver.of(Architecture.of("amd64"), indexes).resolve(request);
          assertThat(Consistency.problems(ours, request)).as(what).isEmpty();
          repaired++;
        }
      }
    }
    assertThat(answered).as("requests with an answer").isGreaterThan(count);
    assertThat(repaired).as("answers that apt found by repairing").isLessThan(answered / 10);
  }

  private static Optional<Resolution> straight(List<PackageIndex> indexes, PackageRequest request)
      throws IOException {
    try {
      return Resolver.of(Architecture.of("amd64"), indexes).resolveStraight(request);
    } catch (UnresolvableException e) {
      return Optional.empty();
    }
  }

  private static TreeSet<String> text(Resolution resolution) {
    var text = new TreeSet<String>();
    resolution.packages().forEach(found -> text.add(found.name() + "=" + found.version()));
    return text;
  }

  /** Archives in which everything that decides occurs often. */
  static final class RandomArchive {
    private static final String NAMES = "abcdefghijklmnop";

    private RandomArchive() {}

    static String packages(Random random, String component) {
      var out = new StringBuilder();
      for (char name : NAMES.toCharArray()) {
        if (component.equals("main") ? random.nextInt(16) > 0 : random.nextInt(4) == 0) {
          stanza(out, random, name);
        }
      }
      return out.toString();
    }

    private static void stanza(StringBuilder out, Random random, char name) {
      int start = out.length();
      out.append("Package: ")
          .append(name)
          .append("\nVersion: ")
          .append(1 + random.nextInt(3))
          .append("\nArchitecture: ")
          .append(random.nextBoolean() ? "all" : "amd64")
          .append('\n');
      out.append("Priority: ")
          .append(random.nextInt(4) == 0 ? "important" : "optional")
          .append('\n');
      if (random.nextInt(4) == 0) {
        out.append("Multi-Arch: ")
            .append(random.nextBoolean() ? "allowed" : "foreign")
            .append('\n');
      }
      field(out, "Depends", random, 2, 3);
      field(out, "Pre-Depends", random, 1, 2);
      field(out, "Recommends", random, 2, 2);
      if (random.nextInt(8) == 0) {
        field(out, random.nextBoolean() ? "Conflicts" : "Breaks", random, 1, 1);
      }
      if (random.nextInt(3) == 0) {
        out.append("Provides: v")
            .append(random.nextInt(3))
            .append(random.nextBoolean() ? " (= 2)" : "")
            .append('\n');
      }
      out.append("Maintainer: x <x@example.org>\nDescription: x\nInstalled-Size: 1\n");
      String text = out.substring(start);
      out.append("Filename: ")
          .append(name)
          .append(".deb\nSize: 1\nSHA256: ")
          .append(Digest.of(text.getBytes(StandardCharsets.UTF_8)))
          .append("\n\n");
    }

    private static void field(
        StringBuilder out, String title, Random random, int items, int alternatives) {
      int count = random.nextInt(items + 1);
      if (count == 0) {
        return;
      }
      var list = new ArrayList<String>();
      for (int i = 0; i < count; i++) {
        var some = new ArrayList<String>();
        for (int j = 1 + random.nextInt(alternatives); j > 0; j--) {
          some.add(relation(random));
        }
        list.add(String.join(" | ", some));
      }
      out.append(title).append(": ").append(String.join(", ", list)).append('\n');
    }

    private static String relation(Random random) {
      boolean virtual = random.nextInt(5) == 0;
      String name =
          virtual
              ? "v" + random.nextInt(3)
              : String.valueOf(NAMES.charAt(random.nextInt(NAMES.length())));
      String qualifier = random.nextInt(12) == 0 ? ":any" : "";
      String version = random.nextInt(6) == 0 ? (random.nextBoolean() ? " (>= 2)" : " (<< 3)") : "";
      return name + qualifier + version;
    }

    static PackageRequest request(Random random) {
      var names = new ArrayList<String>();
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        String name = String.valueOf(NAMES.charAt(random.nextInt(NAMES.length())));
        if (!names.contains(name)) {
          names.add(name);
        }
      }
      return new PackageRequest(false, names, random.nextBoolean(), List.of());
    }
  }
}
