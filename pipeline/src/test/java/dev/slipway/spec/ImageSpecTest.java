// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.io.Size;
import dev.slipway.spec.OwnEntry.Kind;
import dev.slipway.tree.Content;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageSpecTest {
  private static final String LEAST =
      "name: robot\nversion: 1.0\nsuite: bookworm\narchitecture: amd64\npackages: [systemd-sysv]\n";

  @TempDir Path directory;

  private ImageSpec parse(String text) throws IOException {
    return ImageSpec.parse(text, directory.resolve("robot.yaml"));
  }

  /** The problems of a specification, without the directory. */
  private String problems(String text) {
    SpecException e = catchThrowableOfType(SpecException.class, () -> parse(text));
    return e.problems().stream()
        .map(p -> p.toString().replace(directory + "/", ""))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void fiveKeysAreEnough() throws IOException {
    ImageSpec spec = parse(LEAST);
    assertThat(spec.title()).isEqualTo("robot-1.0");
    assertThat(spec.packages()).containsExactly("systemd-sysv");
    assertThat(spec.distribution()).isEqualTo("debian");
    assertThat(spec.system().hostname()).isEqualTo("robot");
    assertThat(spec.system().dhcp()).isTrue();
    assertThat(spec.disk().layout()).isEqualTo(DiskSettings.Layout.AB);
    assertThat(spec.disk().data()).isEqualTo(Size.mib(128));
    assertThat(spec.sources()).isEmpty();
    assertThat(spec.timeSeconds()).isEmpty();
  }

  @Test
  void versionsAreTextAsWritten() throws IOException {
    assertThat(parse(LEAST.replace("1.0", "1.10")).version()).isEqualTo("1.10");
  }

  @Test
  void readsEverythingThatCanBeSaid() throws IOException {
    Files.createDirectories(directory.resolve("app"));
    Files.writeString(directory.resolve("app/main.sh"), "#!/bin/sh\n");
    Files.writeString(directory.resolve("keys.gpg"), "x");
    ImageSpec spec = parse(SpecSamples.EVERYTHING);
    assertThat(spec.recommends()).isTrue();
    assertThat(spec.sources().get(0).suites()).containsExactly("bookworm", "bookworm-updates");
    assertThat(spec.sources().get(0).keyring()).contains(directory.resolve("keys.gpg"));
    assertThat(spec.sources().get(0).priority()).isEqualTo(600);
    assertThat(spec.imageSources().get(0).components()).containsExactly("main", "contrib");
    assertThat(spec.own())
        .contains(
            new OwnEntry(
                TreePath.of("/opt/app/main.sh"),
                new Kind.CopyOf(directory.resolve("app/main.sh")),
                java.util.Optional.of(0750),
                "root:operator"),
            new OwnEntry(
                TreePath.of("/etc/motd"),
                new Kind.Inline(Content.utf8("hello\n")),
                java.util.Optional.empty(),
                "root:root"),
            new OwnEntry(
                TreePath.of("/opt/latest"),
                new Kind.Symlink("app"),
                java.util.Optional.empty(),
                "root:root"));
    assertThat(spec.preseed()).containsExactly("a a/b string c", "d d/e boolean true");
    assertThat(spec.system().users().get(0).uid()).hasValue(1500);
    assertThat(spec.system().users().get(0).groups()).containsExactly("sudo", "dialout");
    assertThat(spec.system().maskedUnits()).containsExactly("apt-daily.timer");
    assertThat(spec.disk().slot()).contains(Size.gib(1));
    assertThat(spec.disk().recovery())
        .contains(
            new RecoverySettings(
                directory.resolve("keys.gpg"),
                List.of("disk", "http://update.example/robot.raucb"),
                true));
    assertThat(spec.disk().kernelCommandLine()).isEqualTo("quiet");
    assertThat(spec.disk().initramfs()).isEqualTo(DiskSettings.Initramfs.INITRAMFS_TOOLS);
    assertThat(spec.timeSeconds()).hasValue(1_767_225_600L);
    assertThat(spec.sandboxNetwork()).isTrue();
  }

  @Test
  void namesEveryMissingKeyWithAnExample() {
    assertThat(problems("nothing: here\n"))
        .isEqualTo(
            "robot.yaml:1:1: \"name\" is missing: say what the image is called, such as \"name: robot\"\n"
                + "robot.yaml:1:1: \"version\" is missing: say which release this is, such as \"version: 1.0\"\n"
                + "robot.yaml:1:1: \"suite\" is missing: say which release of the distribution, such as \"suite: bookworm\"\n"
                + "robot.yaml:1:1: \"architecture\" is missing: say for which machines, such as \"architecture: amd64\"\n"
                + "robot.yaml:1:1: \"packages\" is missing: list what the image holds, such as \"packages: [linux-image-amd64, systemd-sysv]\"\n"
                + "robot.yaml:1:1: unknown key \"nothing\"");
  }

  @Test
  void saysWhatARecoverySystemNeedsToWriteReleases() {
    assertThat(
            problems(LEAST + "recovery: {keyring: none.pem, sources: [stick], unattended: true}\n"))
        .isEqualTo(
            "robot.yaml:6:11: \"recovery\" is for \"layout: recovery\", which has such a system\n"
                + "robot.yaml:6:21: there is no keyring \"none.pem\"\n"
                + "robot.yaml:6:41: \"recovery.sources\": releases come from \"disk\" or an address such as"
                + " http://update.example/robot.raucb, found \"stick\"\n"
                + "robot.yaml:6:61: without anybody there it needs \"sources\", such as \"sources: [disk]\"");
    assertThat(problems(LEAST + "layout: recovery\nrecovery: {unattended: false}\n"))
        .contains("\"recovery.keyring\" is missing: name the certificates");
  }

  @Test
  void reportsEverythingAtOnceWithPlaceAndAdvice() {
    String text =
        LEAST.replace("amd64", "x86_64")
            + "hostnmae: x\n"
            + "files:\n"
            + "  - path: opt/app\n"
            + "    source: missing.sh\n"
            + "    mode: rwx\n"
            + "units:\n"
            + "  enabel: [ssh]\n"
            + "sizes: {slot: 10 apples}\n"
            + "layout: ba\n";
    assertThat(problems(text))
        .isEqualTo(
            "robot.yaml:4:15: \"architecture\": unknown architecture \"x86_64\"; did you mean \"amd64\"? Known are amd64, arm64\n"
                + "robot.yaml:6:1: unknown key \"hostnmae\"; did you mean \"hostname\"?\n"
                + "robot.yaml:8:11: \"files[].path\": a path in the image starts with \"/\": \"opt/app\"\n"
                + "robot.yaml:9:13: there is no file \"missing.sh\"\n"
                + "robot.yaml:10:11: \"files[].mode\": a mode is three or four octal digits, such as \"0644\"; found \"rwx\"\n"
                + "robot.yaml:12:3: unknown key \"enabel\" in \"units\"; did you mean \"enable\"?\n"
                + "robot.yaml:13:15: \"sizes.slot\": \"10 apples\" is not a size; write a whole number with KiB, MiB, GiB or TiB, such as \"512 MiB\"\n"
                + "robot.yaml:14:9: \"layout\": \"ba\" is none of ab, single, recovery, ostree; did you mean \"ab\"?");
  }

  @Test
  void refusesAValueOfTheWrongKind() {
    assertThat(problems(LEAST + "hostname: [a]\nsizes: big\nusers: [anna]\n"))
        .isEqualTo(
            "robot.yaml:6:11: \"hostname\" needs plain text here, found a list\n"
                + "robot.yaml:7:8: \"sizes\" is a mapping with keys of its own, found \"big\"\n"
                + "robot.yaml:8:9: \"users\" lists mappings with keys of their own, found \"anna\"");
  }

  @Test
  void whatOthersParseIsParsedAtOnceToo() {
    assertThat(
            problems(
                LEAST.replace("bookworm", "bokworm")
                    + "kernel: {command-line: 'a=\"b'}\n"
                    + "sources: [{uris: [not an address, 'ftp://x/y']}]\n"
                    + "users: [{name: anna}, {name: anna}]\n"))
        .isEqualTo(
            "robot.yaml:3:8: \"suite\": no known distribution has a suite \"bokworm\"; did you mean \"bookworm\"? If there is one, name its distribution, such as \"distribution: debian\"\n"
                + "robot.yaml:6:24: \"kernel.command-line\": kernel command line: a double quote is opened and not closed: a=\"b\n"
                + "robot.yaml:7:19: \"sources[].uris\": \"not an address\" is no address of an archive: Illegal character in path\n"
                + "robot.yaml:7:35: \"sources[].uris\": \"ftp://x/y\" is no address of an archive: it starts with http:, https: or file:\n"
                + "robot.yaml:8:30: the user \"anna\" is given twice");
  }

  @Test
  void theDistributionFollowsFromTheSuite() throws IOException {
    assertThat(parse(LEAST.replace("bookworm", "noble")).distribution()).isEqualTo("ubuntu");
    assertThat(parse(LEAST.replace("bookworm", "mine") + "distribution: debian\n").suite())
        .isEqualTo("mine");
  }

  @Test
  void refusesTheSameKeyOrPathTwice() {
    String text = LEAST + "name: again\nsymlinks: {/a: b}\ndirectories: [{path: /a}]\n";
    assertThat(problems(text))
        .contains("robot.yaml:6:1: \"name\" stands here twice, first in line 1");
    assertThat(problems(text)).contains("/a is given twice");
  }

  @Test
  void refusesAHostnameNobodyCanMake() {
    assertThat(problems(LEAST + "hostname: robot-${seriel}\n"))
        .isEqualTo(
            "robot.yaml:6:11: \"hostname\": unknown variable \"${seriel}\"; did you mean \"serial\"? Known are ${serial}, ${mac}, ${uuid} and ${machine-id}");
    assertThat(problems(LEAST + "hostname: -x\n")).contains("\"-x\" is no host name");
  }

  @Test
  void refusesAPasswordThatIsNoHash() {
    assertThat(problems(LEAST + "root: {password: secret}\n"))
        .contains("a password is given as a hash");
  }

  @Test
  void saysWhereItIsNoYaml() {
    assertThat(problems("name: [a\nversion: 1\n")).startsWith("robot.yaml:2:").contains("not YAML");
    assertThat(problems("")).isEqualTo("robot.yaml:1:1: the file is empty");
    assertThat(problems("- a\n")).contains("a specification is a mapping");
  }

  @Test
  void stopsAliasesThatMultiply() {
    var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
      text.append("a")
          .append(i)
          .append(": &a")
          .append(i)
          .append(" [")
          .append(("*a" + (i - 1) + ", ").repeat(10))
          .append("]\n");
    }
    assertThat(problems(text.toString())).contains("aliases");
    assertThat(problems("a: " + "[".repeat(100) + "]".repeat(100)))
        .contains("nests or repeats more than any specification does");
    assertThat(problems("[".repeat(200_000))).contains("nests");
  }

  @Test
  void laysASpecificationOverTheOnesItExtends() throws IOException {
    Files.createDirectories(directory.resolve("base"));
    Files.writeString(directory.resolve("base/hello.txt"), "hello\n");
    Files.writeString(
        directory.resolve("base/base.yaml"),
        "suite: bookworm\narchitecture: amd64\npackages: [systemd-sysv]\nkernel: {command-line: quiet}\nfiles: [{path: /hello, source: hello.txt}]\n");
    ImageSpec spec =
        parse(
            "extends: base/base.yaml\nname: robot\nversion: 2\nsuite: trixie\npackages: [openssh-server]\n");
    assertThat(spec.suite()).isEqualTo("trixie");
    assertThat(spec.packages()).containsExactly("systemd-sysv", "openssh-server");
    assertThat(spec.disk().kernelCommandLine()).isEqualTo("quiet");
    assertThat(spec.own().get(0).kind())
        .isEqualTo(new Kind.CopyOf(directory.resolve("base/hello.txt")));
    assertThat(spec.layers())
        .containsExactly(directory.resolve("base/base.yaml"), directory.resolve("robot.yaml"));
  }

  @Test
  void findsMistakesInLayersWhereTheyStand() throws IOException {
    Files.writeString(
        directory.resolve("base.yaml"), "suite: bookworm\narchitecture: amd64\n\npackges: [a]\n");
    assertThat(problems("extends: base.yaml\nname: robot\nversion: 2\npackages: [b1]\n"))
        .isEqualTo("base.yaml:4:1: unknown key \"packges\"; did you mean \"packages\"?");
    assertThat(problems("extends: [none.yaml]\n" + LEAST))
        .isEqualTo("robot.yaml:1:11: there is no file \"" + "none.yaml\"");
    Files.writeString(directory.resolve("base.yaml"), "extends: base.yaml\n");
    assertThat(problems("extends: base.yaml\n" + LEAST))
        .contains("base.yaml:1:10: \"base.yaml\" extends itself");
  }

  @Test
  void saysThatThereIsNoSpecification() {
    assertThatThrownBy(() -> ImageSpec.read(directory.resolve("none.yaml")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("no such specification");
  }

  @Test
  void unitsCannotBeBothEnabledAndMasked() {
    assertThat(problems(LEAST + "units: {enable: [ssh.service], mask: [ssh.service]}\n"))
        .contains("\"ssh.service\" is both enabled and switched off");
  }

  @Test
  void hostnameFollowsTheNameOnlyWhenItCan() throws IOException {
    assertThat(parse(LEAST.replace("name: robot", "name: robot.v2")).system().hostname())
        .isEqualTo("machine");
    assertThat(List.of(parse(LEAST + "hostname: r-${serial}\n").system().hostname()))
        .containsExactly("r-${serial}");
  }
}
