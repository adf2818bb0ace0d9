// SPDX-License-Identifier: Apache-2.0
package dev.slipway.arrange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the script that names a machine on made-up hardware. */
class NameMachineTest {
  @TempDir Path root;

  @BeforeEach
  void hardware() throws IOException {
    write("sys/class/dmi/id/product_uuid", "6E2F8A10-0000-4000-8000-00000000BEEF\n");
    write("etc/machine-id", "00112233445566778899aabbccddeeff\n");
    write("etc/hosts", "127.0.0.1\tlocalhost\n");
    card("lo", "772", "00:00:00:00:00:00", false);
    card("docker0", "1", "02:42:00:00:00:01", false);
    card("enp1s0", "1", "52:54:00:12:34:56", true);
  }

  private void card(String name, String type, String address, boolean real) throws IOException {
    write("sys/class/net/" + name + "/type", type + "\n");
    write("sys/class/net/" + name + "/address", address + "\n");
    if (real) {
      Files.createDirectories(root.resolve("sys/class/net/" + name + "/device"));
    }
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private String name(String template) throws IOException, InterruptedException {
    write("usr/lib/slipway/hostname", template + "\n");
    Path script = root.resolve("name-machine");
    try (InputStream in = FirstBoot.class.getResourceAsStream("name-machine")) {
      Files.write(script, in.readAllBytes());
    }
    var builder = new ProcessBuilder("/bin/sh", script.toString()).redirectErrorStream(true);
    builder.environment().put("SLIPWAY_ROOT", root.toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(output).isEmpty();
    assertThat(process.exitValue()).isZero();
    return Files.readString(root.resolve("etc/hostname")).strip();
  }

  @ParameterizedTest
  @CsvSource({
    "robot-${serial}, robot-sn-00042",
    "${serial}, sn-00042",
    "robot-${mac}, robot-525400123456",
    "r-${uuid}, r-6e2f8a10-0000-4000-8000-00000000beef",
    "r-${machine-id}-x, r-001122334455-x"
  })
  void fillsInTheTemplate(String template, String expected) throws Exception {
    write("sys/class/dmi/id/product_serial", "SN-00042\n");
    assertThat(name(template)).isEqualTo(expected);
    assertThat(Files.readString(root.resolve("etc/hosts")))
        .endsWith("127.0.1.1\t" + expected + "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "To Be Filled By O.E.M.",
        "Not Specified",
        "Default string",
        "None",
        "0000000000",
        "System Serial Number",
        "0x00000000",
        "  "
      })
  void doesNotBelieveWhatMakersLeaveBehind(String serial) throws Exception {
    write("sys/class/dmi/id/product_serial", serial + "\n");
    assertThat(name("robot-${serial}")).isEqualTo("robot-525400123456");
  }

  @Test
  void readsTheDeviceTreeOfBoardsWithoutDmi() throws Exception {
    write("proc/device-tree/serial-number", "10000000abcdef01\0");
    assertThat(name("robot-${serial}")).isEqualTo("robot-10000000abcdef01");
  }

  @Test
  void cleansWhatAHostNameCannotHold() throws Exception {
    write("sys/class/dmi/id/product_serial", " VMware-56 4d/ä_7 \n");
    assertThat(name("robot-${serial}")).isEqualTo("robot-vmware-56-4d-7");
  }

  @Test
  void cutsWhatIsTooLong() throws Exception {
    write("sys/class/dmi/id/product_serial", "x".repeat(59) + "-1-2-3-4-5\n");
    assertThat(name("r-${serial}")).hasSizeLessThanOrEqualTo(63).matches("[a-z0-9-]*[a-z0-9]");
  }

  @Test
  void fallsBackToTheMachineIdWithoutAnyHardware() throws Exception {
    Files.delete(root.resolve("sys/class/net/enp1s0/device"));
    assertThat(name("robot-${serial}")).isEqualTo("robot-001122334455");
  }
}
