// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.rootfs.IdTable;
import dev.slipway.spec.ImageSpec;
import dev.slipway.spec.SystemSettings;
import dev.slipway.spec.User;
import dev.slipway.store.Key;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemTreeTest {
  private static final String LEAST =
      "name: robot\nversion: 1.0\nsuite: bookworm\narchitecture: amd64\npackages: []\n";
  private static final long TIME = 1_700_000_000;

  /** As much of a configured system as the steps look at. */
  private static final Tree CONFIGURED =
      Tree.of(
          t -> {
            t.file("/etc/passwd", 0644, Content.utf8("root:x:0:0:root:/root:/bin/bash\n"));
            t.file("/etc/group", 0644, Content.utf8("root:x:0:\nsudo:x:27:\n"));
            t.file("/etc/shadow", 0640, Content.utf8("root:*:19675:0:99999:7:::\n"));
            t.file("/etc/gshadow", 0640, Content.utf8("root:*::\nsudo:*::\n"));
            t.file("/etc/skel/.profile", 0644, Content.utf8("skel\n"));
            t.file("/etc/apt/sources.list", 0644, Content.utf8("deb http://build.host/ x main\n"));
            t.file("/etc/apt/sources.list.d/host.sources", 0644, Content.utf8("x"));
            t.file("/usr/lib/os-release", 0644, Content.utf8("ID=debian\n"));
            t.file("/usr/sbin/sshd", 0755, Content.utf8("x"));
            t.file("/usr/share/zoneinfo/Etc/UTC", 0644, Content.utf8("z"));
            t.file("/usr/share/zoneinfo/Europe/Berlin", 0644, Content.utf8("z"));
            t.file("/usr/lib/systemd/systemd-networkd", 0755, Content.utf8("x"));
            t.file(
                "/usr/lib/systemd/system/systemd-networkd.service",
                0644,
                Content.utf8(
                    "[Install]\nWantedBy=multi-user.target\nAlso=systemd-networkd.socket systemd-network-generator.service\n"));
            t.file(
                "/usr/lib/systemd/system/systemd-networkd.socket",
                0644,
                Content.utf8("[Install]\nWantedBy=sockets.target\n"));
            t.file(
                "/usr/lib/systemd/system/getty@.service",
                0644,
                Content.utf8("[Install]\nWantedBy=getty.target\nDefaultInstance=tty1\n"));
            t.file(
                "/usr/lib/systemd/system/cron.service",
                0644,
                Content.utf8("[Install]\nWantedBy=multi-user.target\n"));
            t.symlink(
                "/etc/systemd/system/multi-user.target.wants/cron.service",
                "/lib/systemd/system/cron.service");
            t.file(
                "/usr/lib/systemd/system/plain.service",
                0644,
                Content.utf8("[Service]\nExecStart=/bin/true\n"));
            t.symlink("/lib", "usr/lib");
            t.symlink("/sbin", "usr/sbin");
            t.directory("/var/lib", 0755);
          });

  @TempDir Path directory;

  private ImageSpec spec(String more) throws IOException {
    return ImageSpec.parse(LEAST + more, directory.resolve("robot.yaml"));
  }

  private SystemTree step(String more) throws IOException {
    return new SystemTree(spec(more), TIME, IdTable.EMPTY);
  }

  private Tree system(String more) throws IOException {
    return step(more)
        .of(
            CONFIGURED,
            (tree, commands) -> {
              throw new AssertionError("no commands were given");
            });
  }

  private static String text(Tree tree, String path) throws IOException {
    return new String(tree.read(path), StandardCharsets.UTF_8);
  }

  private static String link(Tree tree, String path) {
    return ((Symlink) tree.inode(path).orElseThrow()).target();
  }

  @Test
  void makesUsersWithHomesAndKeys() throws IOException {
    Tree tree =
        system(
            "users:\n  - {name: anna, groups: [sudo], ssh-keys: [ssh-ed25519 AAAA anna]}\nroot: {ssh-keys: [ssh-ed25519 BBBB root], password: $6$a$b}\n");
    assertThat(text(tree, "/etc/passwd")).endsWith("anna:x:1000:1000::/home/anna:/bin/bash\n");
    assertThat(text(tree, "/etc/group")).contains("sudo:x:27:anna\n").endsWith("anna:x:1000:\n");
    assertThat(text(tree, "/etc/shadow"))
        .isEqualTo("root:$6$a$b::0:99999:7:::\nanna:*::0:99999:7:::\n");
    assertThat(text(tree, "/usr/lib/slipway/ssh-keys/anna")).isEqualTo("ssh-ed25519 AAAA anna\n");
    assertThat(text(tree, "/usr/lib/slipway/ssh-keys/root")).isEqualTo("ssh-ed25519 BBBB root\n");
    assertThat(text(tree, "/etc/ssh/sshd_config.d/slipway.conf"))
        .contains("/usr/lib/slipway/ssh-keys/%u");
    var home = tree.inode("/usr/share/factory/home/anna").orElseThrow().metadata();
    assertThat(List.of((long) home.mode(), home.uid(), home.gid()))
        .containsExactly(0700L, 1000L, 1000L);
    assertThat(text(tree, "/usr/lib/tmpfiles.d/slipway-factory.conf"))
        .contains("C /home/anna/.profile 0644 1000 1000 - /usr/share/factory/home/anna/.profile\n");
  }

  @Test
  void keepsTheIdsOfEarlierReleases() throws IOException {
    var step =
        new SystemTree(
            spec("users: [{name: zoe}, {name: anna}]\n"),
            TIME,
            new IdTable(new TreeMap<>(Map.of("anna", 1000L)), new TreeMap<>()));
    Tree tree = step.of(CONFIGURED, (t, c) -> t);
    assertThat(text(tree, "/etc/passwd")).contains("zoe:x:1001:").contains("anna:x:1000:");
  }

  @Test
  void keepsTheNumbersOfGroupsThatNoPackageMakes() throws IOException {
    var kept =
        new IdTable(new TreeMap<>(), new TreeMap<>(Map.of("robots", 990L, "formerly", 999L)));
    Tree tree =
        new SystemTree(spec("users: [{name: anna, groups: [robots, gpio]}]\n"), TIME, kept)
            .of(CONFIGURED, (t, c) -> t);
    assertThat(text(tree, "/etc/group"))
        .contains("robots:x:990:anna\n")
        .contains("gpio:x:998:anna");
  }

  @Test
  void refusesUsersWhoseNameOrNumberIsAnothers() {
    assertThatThrownBy(() -> system("users: [{name: sudo}]\n"))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("users: sudo: there is a group of that name with the number 27");
    assertThatThrownBy(() -> system("users: [{name: anna, uid: 1001}, {name: zoe, uid: 1001}]\n"))
        .hasMessageContaining("users: zoe: the number 1001 is that of the user anna");
    assertThatThrownBy(() -> system("users: [{name: root, uid: 1001}]\n"))
        .hasMessageContaining("users: root: the packages gave this user the number 0");
  }

  @Test
  void putsOwnFilesOverEverythingElse() throws IOException {
    Files.createDirectories(directory.resolve("app/sub"));
    Files.writeString(directory.resolve("app/run.sh"), "#!/bin/sh\n");
    directory.resolve("app/run.sh").toFile().setExecutable(true);
    Files.writeString(directory.resolve("app/sub/data"), "d");
    Files.createSymbolicLink(directory.resolve("app/link"), Path.of("sub/data"));
    Tree tree =
        system(
            "files:\n"
                + "  - {path: /opt/app, source: app, owner: 'root:sudo'}\n"
                + "  - {path: /etc/fstab, content: own}\n"
                + "  - {path: /sbin/tool, content: x, mode: '0755'}\n"
                + "  - {path: /var/lib/app/state, content: s}\n"
                + "directories: [{path: /opt/tmp, mode: '1777'}]\n"
                + "symlinks: {/opt/latest: app}\n");
    assertThat(tree.inode("/opt/app/run.sh").orElseThrow().metadata().mode()).isEqualTo(0755);
    assertThat(tree.inode("/opt/app/sub/data").orElseThrow().metadata().mode()).isEqualTo(0644);
    assertThat(tree.inode("/opt/app/sub/data").orElseThrow().metadata().gid()).isEqualTo(27);
    assertThat(link(tree, "/opt/app/link")).isEqualTo("sub/data");
    assertThat(text(tree, "/etc/fstab")).isEqualTo("own");
    assertThat(text(tree, "/usr/sbin/tool")).isEqualTo("x");
    assertThat(link(tree, "/sbin")).isEqualTo("usr/sbin");
    assertThat(text(tree, "/usr/share/factory/var/lib/app/state")).isEqualTo("s");
    assertThat(tree.inode("/opt/tmp").orElseThrow().metadata().mode()).isEqualTo(01777);
    assertThat(link(tree, "/opt/latest")).isEqualTo("app");
  }

  @Test
  void refusesAnOwnerNobodyKnows() {
    assertThatThrownBy(() -> system("files: [{path: /x, content: x, owner: 'nobody1:root'}]\n"))
        .isInstanceOf(BuildException.class)
        .hasMessage("/x: the image has no user \"nobody1\"");
  }

  @Test
  void enablesDisablesAndMasksUnits() throws IOException {
    Tree tree =
        system(
            "files: [{path: /etc/systemd/system/own.service, content: \"[Install]\\nWantedBy=a.target b.target\\nAlias=other.service\\n\"}]\nunits: {enable: [own.service, getty@ttyS1.service], disable: [cron.service], mask: [plain.service]}\n");
    assertThat(link(tree, "/etc/systemd/system/a.target.wants/own.service"))
        .isEqualTo("/etc/systemd/system/own.service");
    assertThat(tree.contains("/etc/systemd/system/b.target.wants/own.service")).isTrue();
    assertThat(link(tree, "/etc/systemd/system/other.service"))
        .isEqualTo("/etc/systemd/system/own.service");
    assertThat(link(tree, "/etc/systemd/system/getty.target.wants/getty@ttyS1.service"))
        .isEqualTo("/usr/lib/systemd/system/getty@.service");
    assertThat(tree.contains("/etc/systemd/system/multi-user.target.wants/cron.service")).isFalse();
    assertThat(link(tree, "/etc/systemd/system/plain.service")).isEqualTo("/dev/null");
  }

  @Test
  void saysWhyAUnitCannotBeEnabled() {
    assertThatThrownBy(() -> system("units: {enable: [cronn.service]}\n"))
        .hasMessageContaining("the unit cronn.service is not in the image");
    assertThatThrownBy(() -> system("units: {enable: [plain.service]}\n"))
        .hasMessageContaining("its [Install] section names nothing");
  }

  @Test
  void enablesMaskedUnitsAndObeysAnEmptyList() throws IOException {
    Tree tree =
        system(
            "files: [{path: /usr/lib/systemd/system/own.service, content: \"[Install]\\nWantedBy=a.target\\nWantedBy=\\nWantedBy=b.target\\n\"}]\n"
                + "symlinks: {/etc/systemd/system/own.service: /dev/null}\n"
                + "units: {enable: [own.service]}\n");
    assertThat(tree.contains("/etc/systemd/system/own.service")).isFalse();
    assertThat(tree.contains("/etc/systemd/system/a.target.wants")).isFalse();
    assertThat(tree.contains("/etc/systemd/system/.wants")).isFalse();
    assertThat(tree.contains("/etc/systemd/system/b.target.wants/own.service")).isTrue();
  }

  @Test
  void enablesATemplateOnlyWithAnInstance() throws IOException {
    String template =
        "files: [{path: /usr/lib/systemd/system/own@.service, content: \"[Install]\\nWantedBy=a.target\\n\"}]\n";
    assertThatThrownBy(() -> system(template + "units: {enable: [own@.service]}\n"))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("own@.service is a template without a DefaultInstance=");
    Tree tree = system(template + "units: {enable: [own@x.service, getty@.service]}\n");
    assertThat(tree.contains("/etc/systemd/system/a.target.wants/own@x.service")).isTrue();
    assertThat(tree.contains("/etc/systemd/system/getty.target.wants/getty@tty1.service")).isTrue();
  }

  @Test
  void takesAptSourcesFromTheSpecificationAlone() throws IOException {
    Tree none = system("");
    assertThat(none.contains("/etc/apt/sources.list")).isFalse();
    assertThat(none.contains("/etc/apt/sources.list.d/host.sources")).isFalse();
    Tree some =
        system(
            "apt: [{uris: ['https://archive.example/debian'], suites: [bookworm, bookworm-updates], keyring: /usr/share/keyrings/k.gpg}]\n");
    assertThat(text(some, "/etc/apt/sources.list.d/image.sources"))
        .isEqualTo(
            "Types: deb\nURIs: https://archive.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\nSigned-By: /usr/share/keyrings/k.gpg\n");
  }

  @Test
  void setsNetworkTimeNameAndKeyboard() throws IOException {
    Tree tree = system("timezone: Europe/Berlin\nkeyboard: de\nhostname: r-${serial}\n");
    assertThat(link(tree, "/etc/localtime")).isEqualTo("/usr/share/zoneinfo/Europe/Berlin");
    assertThat(text(tree, "/etc/default/keyboard")).contains("XKBLAYOUT=\"de\"");
    assertThat(text(tree, "/usr/lib/slipway/hostname")).isEqualTo("r-${serial}\n");
    assertThat(tree.contains("/etc/hostname")).isFalse();
    assertThat(text(tree, "/usr/lib/os-release"))
        .isEqualTo("ID=debian\nIMAGE_ID=robot\nIMAGE_VERSION=1.0\n");
    assertThat(
            tree.contains("/etc/systemd/system/multi-user.target.wants/systemd-networkd.service"))
        .isTrue();
    assertThat(tree.contains("/etc/systemd/system/sockets.target.wants/systemd-networkd.socket"))
        .isTrue();
    assertThat(link(tree, "/etc/resolv.conf")).isEqualTo("../run/slipway/resolv.conf");
    assertThat(text(tree, "/usr/lib/systemd/system.conf.d/slipway.conf"))
        .contains("RuntimeWatchdogSec=60");
    assertThatThrownBy(() -> system("timezone: Europe/Berlinn\n"))
        .hasMessageContaining("the image has no time zone Europe/Berlinn");
  }

  @Test
  void runsCommandsOverOwnFilesAndBeforeUnits() throws IOException {
    var seen = new ArrayList<String>();
    Tree tree =
        step("run: [echo one, echo two]\nfiles: [{path: /a, content: x}]\nunits: {enable: [late.service]}\n")
            .of(
                CONFIGURED,
                (before, commands) -> {
                  assertThat(before.contains("/a")).isTrue();
                  seen.addAll(commands);
                  return before.with(
                      t ->
                          t.file(
                              "/usr/lib/systemd/system/late.service",
                              0644,
                              Content.utf8("[Install]\nWantedBy=x.target\n")));
                });
    assertThat(seen).containsExactly("echo one", "echo two");
    assertThat(tree.contains("/etc/systemd/system/x.target.wants/late.service")).isTrue();
  }

  @Test
  void makesTheLocaleBeforeTheFirstCommandUnlessItIsThere() throws IOException {
    String german = "locale: de_DE.UTF-8\nrun: [echo one]\n";
    assertThatThrownBy(() -> step(german).of(CONFIGURED, (before, commands) -> before))
        .isInstanceOf(BuildException.class)
        .hasMessage("the image has no locale de_DE.UTF-8; add the package locales, or use C.UTF-8");
    String supported = "de_DE ISO-8859-1\nde_DE.UTF-8 UTF-8\nsr_RS@latin UTF-8\n";
    Tree definitions =
        CONFIGURED.with(t -> t.file("/usr/share/i18n/SUPPORTED", 0644, Content.utf8(supported)));
    String localedef = "localedef --no-archive --no-hard-links ";
    assertThat(commandsFor(german, definitions))
        .containsExactly(localedef + "-i de_DE -f UTF-8 de_DE.UTF-8", "echo one");
    assertThat(commandsFor("locale: de_DE\n", definitions))
        .containsExactly(localedef + "-i de_DE -f ISO-8859-1 de_DE");
    assertThat(commandsFor("locale: sr_RS@latin\n", definitions))
        .containsExactly(localedef + "-i sr_RS@latin -f UTF-8 sr_RS@latin");
    assertThatThrownBy(() -> commandsFor("locale: de_CH.UTF-8\n", definitions))
        .hasMessageContaining("the package locales knows no locale de_CH.UTF-8");
    Tree compiled = CONFIGURED.with(t -> t.directory("/usr/lib/locale/de_DE.utf8", 0755));
    assertThat(commandsFor(german, compiled)).containsExactly("echo one");
    assertThat(commandsFor("locale: POSIX\n", CONFIGURED)).isEmpty();
  }

  private List<String> commandsFor(String more, Tree configured) throws IOException {
    var seen = new ArrayList<String>();
    step(more)
        .of(
            configured,
            (before, commands) -> {
              seen.addAll(commands);
              return before;
            });
    return seen;
  }

  @Test
  void keyNamesWhatChanged() throws IOException {
    Key rootfs = Key.of("rootfs", 1).with("packages", "a");
    Files.writeString(directory.resolve("app"), "one");
    Key first = step("files: [{path: /a, source: app}]\n").key(rootfs);
    assertThat(step("files: [{path: /a, source: app}]\n").key(rootfs)).isEqualTo(first);
    Files.writeString(directory.resolve("app"), "two");
    Key second = step("files: [{path: /a, source: app}]\n").key(rootfs);
    assertThat(second.differencesFrom(first)).singleElement().asString().contains("own files");
    Key third = step("files: [{path: /a, source: app}]\nkeyboard: de\n").key(rootfs);
    assertThat(third.differencesFrom(second))
        .containsExactly("settings: -keyboard us, +keyboard de");
  }

  @Test
  void keySeesThroughALinkedSourceAndTellsProgramsFromFiles() throws IOException {
    Key rootfs = Key.of("rootfs", 1).with("packages", "a");
    Files.createDirectories(directory.resolve("real"));
    Path file = Files.writeString(directory.resolve("real/file"), "one");
    Files.createSymbolicLink(directory.resolve("app"), Path.of("real"));
    String more = "files: [{path: /a, source: app}]\n";
    assertThat(text(system(more), "/a/file")).isEqualTo("one");
    Key first = step(more).key(rootfs);
    Files.writeString(file, "two");
    Key second = step(more).key(rootfs);
    assertThat(second).isNotEqualTo(first);
    assertThat(file.toFile().setExecutable(true, true)).isTrue();
    assertThat(step(more).key(rootfs)).isNotEqualTo(second);
    // Of the three rights to run it only the owner's counts, whoever builds.
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-xr-x"));
    assertThat(step(more).key(rootfs)).isEqualTo(second);
    assertThat(system(more).inode("/a/file").orElseThrow().metadata().mode()).isEqualTo(0644);
  }

  @Test
  void keyHoldsEverySettingAndNoPasswordHash() throws IOException {
    Key rootfs = Key.of("rootfs", 1).with("packages", "a");
    Key none = step("users: [{name: anna}]\n").key(rootfs);
    Key anna = step("users: [{name: anna, password: $6$salt$secret}]\n").key(rootfs);
    Key root = step("users: [{name: anna}]\nroot: {password: $6$salt$secret}\n").key(rootfs);
    assertThat(List.of(none.digest(), anna.digest(), root.digest())).doesNotHaveDuplicates();
    assertThat(anna.toString() + root).doesNotContain("secret");
    // Whoever adds a setting adds it to the key as well, and then counts it here.
    assertThat(SystemSettings.class.getRecordComponents()).hasSize(13);
    assertThat(User.class.getRecordComponents()).hasSize(7);
  }
}
