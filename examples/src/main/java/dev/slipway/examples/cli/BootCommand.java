// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "boot",
    description = {
      "Starts an image in QEMU, with its serial console in this terminal.",
      "The image is not changed unless --persist is given. Leave with Ctrl-A X."
    })
final class BootCommand implements Callable<Integer> {
  @Parameters(paramLabel = "IMAGE", description = "A raw disk image.")
  Path image;

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  Choice choice;

  static final class Choice {
    @Option(names = "--bios", description = "Start as a PC with a BIOS does. This is the default.")
    boolean bios;

    @Option(names = "--uefi", description = "Start as a machine with UEFI does.")
    boolean uefi;

    @Option(names = "--secure-boot", description = "Start with UEFI and enforce Secure Boot.")
    boolean secureBoot;
  }

  @Option(
      names = "--ssh-port",
      paramLabel = "PORT",
      description = "Reach the machine's SSH at this port of localhost.")
  Integer sshPort;

  @Option(names = "--persist", description = "Keep what the machine writes, in the image file.")
  boolean persist;

  @Option(
      names = "--memory",
      paramLabel = "MIB",
      defaultValue = "1024",
      description = "The machine's memory. Default: ${DEFAULT-VALUE} MiB.")
  int memoryMib;

  @Option(
      names = "--kvm",
      description = "Use the processor's virtualisation instead of emulating it.")
  boolean kvm;

  @Option(
      names = "--serial",
      paramLabel = "TEXT",
      description = "The machine's serial number, for a host name made of it.")
  String serial;

  @Override
  public Integer call() throws IOException {
    if (!Files.isReadable(image)) {
      throw new NoSuchFileException(image.toString());
    }
    Path work = Files.createTempDirectory("slipway-boot");
    try {
      return run(
          new QemuMachine(image, firmware(), memoryMib, kvm, persist, sshPort, serial)
              .commandLine(work));
    } finally {
      Files.deleteIfExists(work.resolve(QemuMachine.VARIABLES));
      Files.deleteIfExists(work);
    }
  }

  private QemuMachine.Firmware firmware() {
    if (choice != null && choice.secureBoot) {
      return QemuMachine.Firmware.SECURE_BOOT;
    }
    return choice != null && choice.uefi ? QemuMachine.Firmware.UEFI : QemuMachine.Firmware.BIOS;
  }

  private static int run(java.util.List<String> command) throws IOException {
    Process process;
    try {
      process = new ProcessBuilder(command).inheritIO().start();
    } catch (IOException e) {
      throw new IOException(
          command.get(0) + " cannot be started: install the package qemu-system-x86", e);
    }
    try {
      return process.waitFor() == 0 ? 0 : Main.FAILED;
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      return Main.FAILED;
    }
  }
}
