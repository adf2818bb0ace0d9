// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said when a door does not open, on machines that lack one thing each. */
class SandboxDoorTest {
  private static final HostUser ANNA = new HostUser("anna", 1000);
  private static final HostUser ROOT = new HostUser("root", 0);
  private static final String CLOSED = "sandbox door \"namespaces\" cannot be used here: no way in";

  @TempDir Path machine;

  /** A machine on which everything is there, and unshare fails all the same. */
  @BeforeEach
  void install() throws IOException {
    unshare("echo no way in; exit 1");
    program("newuidmap", "");
    program("newgidmap", "");
    file("etc/subuid", "anna:100000:65536\n");
    file("etc/subgid", "1000:100000:65536\n");
    file("proc/sys/user/max_user_namespaces", "65536\n");
    file("proc/sys/kernel/unprivileged_userns_clone", "1\n");
    file("proc/sys/kernel/apparmor_restrict_unprivileged_userns", "0\n");
  }

  private void unshare(String script) throws IOException {
    program("unshare", script);
  }

  private void program(String name, String script) throws IOException {
    file("usr/bin/" + name, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(
        machine.resolve("usr/bin/" + name), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void file(String path, String text) throws IOException {
    Path file = machine.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private SandboxDoor door(HostUser user, boolean mapped) {
    var host =
        new SandboxHost(
            List.of(machine.resolve("usr/local/bin"), machine.resolve("usr/bin")), machine);
    return new SandboxDoor(List.of(), user, mapped, host);
  }

  private String refusal(HostUser user, boolean mapped) {
    Throwable thrown = catchThrowable(() -> door(user, mapped).check());
    assertThat(thrown).isInstanceOf(SandboxException.class);
    return thrown.getMessage();
  }

  @ParameterizedTest
  @CsvSource({
    "usr/bin/newuidmap, newuidmap is missing: install the package uidmap",
    "usr/bin/newgidmap, newuidmap is missing: install the package uidmap",
    "etc/subuid, '/etc/subuid gives user anna no subordinate ids: as root, usermod --add-subuids 100000-165535 anna'",
    "etc/subgid, '/etc/subgid gives user anna no subordinate ids: as root, usermod --add-subgids 100000-165535 anna'",
  })
  void namesWhatIsMissing(String path, String advice) throws IOException {
    Files.delete(machine.resolve(path));
    assertThat(refusal(ANNA, true)).isEqualTo(CLOSED + "; " + advice);
  }

  @ParameterizedTest
  @CsvSource({
    "user/max_user_namespaces, 0, user.max_user_namespaces=65536",
    "kernel/unprivileged_userns_clone, 0, kernel.unprivileged_userns_clone=1",
    "kernel/apparmor_restrict_unprivileged_userns, 1, kernel.apparmor_restrict_unprivileged_userns=0",
  })
  void namesTheSettingThatForbidsIt(String setting, String value, String remedy)
      throws IOException {
    file("proc/sys/" + setting, value + "\n");
    assertThat(refusal(ANNA, true))
        .isEqualTo(
            CLOSED + "; the kernel is set to refuse user namespaces: as root, sysctl -w " + remedy);
    Files.delete(machine.resolve("proc/sys/" + setting));
    assertThat(refusal(ANNA, true)).isEqualTo(CLOSED);
  }

  @Test
  void namesEverythingAtOnce() throws IOException {
    file("etc/subuid", "zoe:100000:65536\n");
    file("proc/sys/user/max_user_namespaces", "0\n");
    Files.delete(machine.resolve("usr/bin/newuidmap"));
    assertThat(refusal(ANNA, true).split("; "))
        .hasSize(4)
        .anyMatch(part -> part.startsWith("newuidmap is missing"))
        .anyMatch(part -> part.startsWith("/etc/subuid gives user anna"))
        .anyMatch(part -> part.endsWith("sysctl -w user.max_user_namespaces=65536"));
  }

  @Test
  void anOldUnshareIsNamed() throws IOException {
    unshare("echo \"unshare: unrecognized option '--map-auto'\"; echo 'Try --help.'; exit 1");
    assertThat(refusal(ANNA, true))
        .isEqualTo(
            "sandbox door \"namespaces\" cannot be used here: unshare: unrecognized option"
                + " '--map-auto' Try --help.; this unshare does not know --map-auto: util-linux"
                + " 2.38 or newer is needed");
  }

  @Test
  void aMissingUnshareIsNamedAtEitherDoor() throws IOException {
    Files.delete(machine.resolve("usr/bin/unshare"));
    assertThat(refusal(ANNA, true))
        .isEqualTo(
            "sandbox door \"namespaces\" needs the program unshare: install the package util-linux");
    assertThat(refusal(ROOT, false))
        .isEqualTo(
            "sandbox door \"chroot\" needs the program unshare: install the package util-linux");
  }

  @Test
  void rootIsToldHowToStartTheContainer() throws IOException {
    unshare("exit 3");
    assertThat(refusal(ROOT, false))
        .isEqualTo(
            "sandbox door \"chroot\" cannot be used here: exit status 3; inside a container, start"
                + " it with the right to mount (--privileged, or --cap-add SYS_ADMIN without its"
                + " seccomp and AppArmor profiles)");
  }

  @Test
  void aDoorThatOpensIsNotComplainedAbout() throws IOException {
    unshare("exit 0");
    Files.delete(machine.resolve("etc/subuid"));
    assertThatCode(() -> door(ANNA, true).check()).doesNotThrowAnyException();
    assertThatCode(() -> door(ROOT, false).check()).doesNotThrowAnyException();
  }
}
