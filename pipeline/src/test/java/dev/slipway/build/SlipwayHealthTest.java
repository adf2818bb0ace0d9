// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.BootState.SlotState;
import dev.slipway.bootconfig.Slot;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The verdict over a slot, by the script that passes it on a machine. */
@RequiresTool(value = "dash", in = "dash")
@RequiresTool(value = "flock", in = "util-linux")
class SlipwayHealthTest {
  @TempDir Path root;
  private DeviceScripts device;

  /** B was installed and is started for the first time. */
  @BeforeEach
  void startB() throws Exception {
    device = new DeviceScripts(root, "dash");
    var slots = Map.of(Slot.A, new SlotState(true, 0), Slot.B, new SlotState(true, 1));
    device.store(new BootState(List.of(Slot.B, Slot.A), slots, Optional.of(Slot.A), 1));
    device.runs("B");
    Files.createDirectories(root.resolve("usr/lib/slipway"));
    Files.writeString(root.resolve("usr/lib/slipway/health.conf"), "check_seconds=1\nfree_mib=0\n");
  }

  private String status() throws Exception {
    return device.run("slipway-boot", "status").output();
  }

  @Test
  void aHealthySlotIsConfirmedThenTheHooksRun() throws Exception {
    device.program("etc/slipway/check.d/required/10-app", "#!/bin/sh\nexit 0\n");
    device.program(
        "usr/lib/slipway/on-success.d/tell",
        "#!/bin/sh\nslipway-boot get-state B >$SLIPWAY_ROOT/seen\n");
    Tool.Result result = device.run("slipway-health");
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(status()).contains("B_OK=1\nB_TRY=0\nLAST_GOOD=B\n");
    assertThat(root.resolve("seen")).hasContent("good");
    assertThat(root.resolve("run/slipway/health")).hasContent("good");
    assertThat(device.calls()).doesNotContain("reboot");
  }

  @Test
  void aRequiredCheckThatFailsRestartsTheMachineUnconfirmed() throws Exception {
    device.program("etc/slipway/check.d/required/10-app", "#!/bin/sh\nexit 7\n");
    device.program("etc/slipway/on-failure.d/tell", "#!/bin/sh\ntouch $SLIPWAY_ROOT/told\n");
    Tool.Result result = device.run("slipway-health");
    assertThat(result.output()).contains("check.d/required: 10-app: failed with status 7");
    assertThat(result.output()).contains("slot B does not work: a required check failed");
    assertThat(status()).contains("B_TRY=1\nLAST_GOOD=A\n");
    assertThat(device.calls()).contains("systemctl reboot");
    assertThat(root.resolve("told")).exists();
  }

  @Test
  void aCheckThatHangsIsEnded() throws Exception {
    device.program("usr/lib/slipway/check.d/required/10-hang", "#!/bin/sh\nsleep 100\n");
    assertThat(device.run("slipway-health").output())
        .contains("10-hang: did not end within 1 seconds");
    assertThat(device.calls()).contains("systemctl reboot");
  }

  @Test
  void aWantedCheckCondemnsNothing() throws Exception {
    device.program("etc/slipway/check.d/wanted/10-nice", "#!/bin/sh\nexit 1\n");
    assertThat(device.run("slipway-health").status()).isZero();
    assertThat(status()).contains("LAST_GOOD=B\n");
  }

  @Test
  void aCheckInEtcReplacesThatOfTheImage() throws Exception {
    device.program("usr/lib/slipway/check.d/required/10-app", "#!/bin/sh\nexit 1\n");
    device.program("etc/slipway/check.d/required/10-app", "#!/bin/sh\nexit 0\n");
    assertThat(device.run("slipway-health").status()).isZero();
  }

  @Test
  void aFailedUnitCondemnsUnlessItMayFail() throws Exception {
    device.program(
        "bin/systemctl",
        "#!/bin/sh\necho \"systemctl $*\" >>\"$SLIPWAY_ROOT/calls\"\n"
            + "[ $1 != list-units ] || echo 'robot.service loaded failed failed Robot'\n");
    assertThat(device.run("slipway-health").output()).contains("failed units: robot.service");
    Files.createDirectories(root.resolve("etc/slipway"));
    Files.writeString(root.resolve("etc/slipway/health.conf"), "allowed_failures=robot.service\n");
    assertThat(device.run("slipway-health").status()).isZero();
  }

  @Test
  void aFullDiskAndAMissingNetworkCondemn() throws Exception {
    Files.createDirectories(root.resolve("etc/slipway"));
    Files.writeString(root.resolve("etc/slipway/health.conf"), "free_mib=999999999\n");
    assertThat(device.run("slipway-health").output())
        .contains("/var has ", " MiB left, of 999999999");
    Files.writeString(root.resolve("etc/slipway/health.conf"), "network=127.0.0.1:1\n");
    assertThat(device.run("slipway-health").output())
        .contains("the network is not there: 127.0.0.1:1");
  }

  private Tool.Result withNetwork(String network) throws Exception {
    Files.createDirectories(root.resolve("etc/slipway"));
    Files.writeString(root.resolve("etc/slipway/health.conf"), "network=" + network + "\n");
    return device.run("slipway-health");
  }

  /** As a kernel prints them; the route to half of all addresses is no default route. */
  @Test
  void aDefaultRouteOfEitherKindIsANetwork() throws Exception {
    Path net = Files.createDirectories(root.resolve("proc/net"));
    String head =
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
    String local = "eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
    String half = "tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0\n";
    String refused = "*\t00000000\t00000000\t0200\t0\t0\t0\t00000000\t0\t0\t0\n";
    String route = "eth0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n";
    String zeros = "0".repeat(32);
    String link = "fe80" + "0".repeat(28) + " 40 " + zeros + " 00 " + zeros;
    String all = zeros + " 00 " + zeros + " 00 ";
    String lo = all + zeros + " ffffffff 00000001 00000000 00200200       lo\n";
    String six = all + "fe80" + "0".repeat(27) + "2 00000400 00000001 00000000 00000003     eth0\n";
    link += " 00000100 00000001 00000000 00000001     eth0\n";

    assertThat(withNetwork("route").output()).contains("the network is not there: route");
    Files.writeString(net.resolve("route"), head + local + half + refused);
    Files.writeString(net.resolve("ipv6_route"), link + lo);
    assertThat(withNetwork("route").output()).contains("the network is not there: route");
    assertThat(status()).contains("LAST_GOOD=A\n");
    Files.writeString(net.resolve("ipv6_route"), link + six + lo);
    assertThat(withNetwork("route").status()).isZero();
    assertThat(status()).contains("LAST_GOOD=B\n");
    Files.delete(net.resolve("ipv6_route")); // a kernel without it
    assertThat(withNetwork("route").output()).contains("the network is not there: route");
    Files.writeString(net.resolve("route"), head + local + route);
    assertThat(withNetwork("route").status()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "[::1]"})
  void aPlaceThatAnswersIsANetwork(String host) throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getByName(host))) {
      Tool.Result result = withNetwork("'" + host + ":" + server.getLocalPort() + "'");
      assertThat(result.status()).as(result.output()).isZero();
    }
    assertThat(status()).contains("LAST_GOOD=B\n");
  }

  @Test
  void aSlotThatWorkedOnceIsNotLeftBecauseOfACheck() throws Exception {
    device.runs("A");
    device.program("etc/slipway/check.d/required/10-app", "#!/bin/sh\nexit 1\n");
    assertThat(device.run("slipway-health").output())
        .contains("slot A was confirmed before and is kept");
    assertThat(device.calls()).doesNotContain("reboot");
    assertThat(root.resolve("run/slipway/health")).hasContent("bad a required check failed");
  }

  @Test
  void whatDidNotComeUpIsLeftAtOnce() throws Exception {
    assertThat(device.run("slipway-health", "failed").output()).contains("slot B did not come up");
    assertThat(device.calls()).contains("systemctl reboot");
  }

  @Test
  void aSlotThatWorkedOnceAndDoesNotComeUpIsStartedAgainUnconfirmed() throws Exception {
    Files.createDirectories(root.resolve("etc/slipway"));
    Files.writeString(root.resolve("etc/slipway/health.conf"), "patience=0\n");
    device.runs("A");
    var slots = Map.of(Slot.A, new SlotState(true, 2), Slot.B, new SlotState(false, 0));
    device.store(new BootState(List.of(Slot.A, Slot.B), slots, Optional.of(Slot.A), 1));
    assertThat(device.run("slipway-health", "failed").output())
        .contains("starting again in 0 seconds");
    assertThat(status()).contains("A_TRY=2\n");
    assertThat(device.calls()).contains("systemctl reboot");
  }
}
