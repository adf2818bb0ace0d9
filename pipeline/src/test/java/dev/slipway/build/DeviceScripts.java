// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.BootStore;
import dev.slipway.testing.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The scripts of a device, run in a directory that stands for its root. */
final class DeviceScripts {
  private final Path root;
  private final List<String> shell;

  /** With a shell such as {@code dash} or {@code busybox sh}, and slot A running. */
  DeviceScripts(Path root, String shell) throws IOException {
    this.root = root;
    this.shell = List.of(shell.split(" "));
    Files.createDirectories(root.resolve("run/slipway"));
    Files.createDirectories(root.resolve("esp/EFI/debian"));
    Files.createDirectories(root.resolve("bin"));
    Files.createDirectories(root.resolve("var"));
    Files.createDirectories(root.resolve("etc"));
    runs("A");
    copy(BootStore.class, "slipway-boot");
    copy(Health.class, "slipway-health");
    program("bin/systemctl", "#!/bin/sh\necho \"systemctl $*\" >>\"$SLIPWAY_ROOT/calls\"\n");
  }

  private void copy(Class<?> beside, String script) throws IOException {
    try (InputStream in = beside.getResourceAsStream(script)) {
      program("bin/" + script, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  void runs(String slot) throws IOException {
    Files.writeString(
        root.resolve("run/slipway/boot"),
        "slot=" + slot + "\nesp=/dev/none\nstore=/EFI/debian/grubenv\n");
  }

  /**
   * As started by a boot loader such as {@code bios.2}, with files for the disk and its partition.
   */
  void startedBy(String loader, Path disk, Path esp) throws IOException {
    Files.writeString(
        root.resolve("run/slipway/boot"),
        "slot=A\nesp="
            + esp
            + "\nstore=/EFI/debian/grubenv\ndisk="
            + disk
            + "\nloader="
            + loader
            + "\n");
  }

  void program(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  void store(BootState state) throws IOException {
    for (int i = 0; i < 2; i++) {
      Files.write(block(i), BootStore.fresh(state).get(i).bytes());
    }
  }

  Path block(int number) {
    return root.resolve("esp/EFI/debian/grubenv." + (number + 1));
  }

  List<byte[]> blocks() throws IOException {
    return List.of(Files.readAllBytes(block(0)), Files.readAllBytes(block(1)));
  }

  String calls() throws IOException {
    Path calls = root.resolve("calls");
    return Files.exists(calls) ? Files.readString(calls) : "";
  }

  Tool.Result run(String... words) throws IOException, InterruptedException {
    var environment = new HashMap<String, String>();
    environment.put("SLIPWAY_ROOT", root.toString());
    environment.put("SLIPWAY_ESP", root.resolve("esp").toString());
    environment.put("PATH", root.resolve("bin") + ":" + System.getenv("PATH"));
    var command = new java.util.ArrayList<>(shell);
    command.add(root.resolve("bin").resolve(words[0]).toString());
    command.addAll(List.of(words).subList(1, words.length));
    return Tool.run(Map.copyOf(environment), command.toArray(String[]::new));
  }
}
