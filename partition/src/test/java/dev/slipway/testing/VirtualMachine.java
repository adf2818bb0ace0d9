// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A machine under QEMU, emulated without the help of the processor so that it runs anywhere. It has
 * a processor to itself: see {@link MachinePlace}.
 *
 * <pre>{@code
 * try (VirtualMachine machine = VirtualMachine.with(Firmware.UEFI)
 *     .disk(VirtualDisk.kept(image, Bus.NVME))
 *     .start(temp)) {
 *   machine.waitFor("login: ");
 *   machine.type("root");
 * }
 * }</pre>
 *
 * <p>Its console is the first serial port; {@link #console} is all it ever printed, without the
 * escape sequences that terminals interpret.
 */
public final class VirtualMachine implements AutoCloseable {
  /** How long one wait lasts unless told otherwise; emulation on a busy machine is slow. */
  public static final Duration PATIENCE = Duration.ofMinutes(4);

  private final Process process;
  private final MachinePlace place;
  private final Path directory;
  private final int sshPort;
  private final Thread atExit;
  private final StringBuilder console = new StringBuilder();
  private boolean ended;
  private int seen;

  private VirtualMachine(Process process, MachinePlace place, Path directory, int sshPort) {
    this.process = process;
    this.place = place;
    this.directory = directory;
    this.sshPort = sshPort;
    this.atExit = new Thread(process::destroyForcibly, "machine off");
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Starts to describe a machine. */
  public static Builder with(Firmware firmware) {
    return new Builder(firmware);
  }

  /** What a machine has. */
  public static final class Builder {
    private final Firmware firmware;
    private final List<VirtualDisk> disks = new ArrayList<>();
    private final List<String> more = new ArrayList<>();
    private int memoryMib = 1024;
    private int bootDisk;
    private boolean network;
    private NameServer names;

    private Builder(Firmware firmware) {
      this.firmware = firmware;
    }

    /** Adds a disk. Firmware starts the first one. */
    public Builder disk(VirtualDisk disk) {
      disks.add(disk);
      return this;
    }

    /** Lets firmware start another disk than the first; they count from 0. */
    public Builder bootFrom(int number) {
      bootDisk = number;
      return this;
    }

    public Builder memoryMib(int size) {
      memoryMib = size;
      return this;
    }

    /** Adds a network card; the guest's SSH port is reached at {@link VirtualMachine#sshPort}. */
    public Builder network() {
      network = true;
      return this;
    }

    /** Lets the guest's network ask a name server in place of this computer's own; takes root. */
    public Builder names(NameServer server) {
      names = server;
      return this;
    }

    /** Sets what the machine's maker says about it: serial number and UUID. */
    public Builder maker(String serial, String uuid) {
      return argument("-smbios", "type=1,serial=" + serial + ",uuid=" + uuid);
    }

    /** Any other arguments of QEMU. */
    public Builder argument(String... words) {
      more.addAll(List.of(words));
      return this;
    }

    /**
     * Switches the machine on, when there is a place for it.
     *
     * @param directory for the firmware's memory, which a later start there finds again
     */
    public VirtualMachine start(Path directory) throws IOException {
      MachinePlace place = MachinePlace.take();
      try {
        int port = network ? freePort() : 0;
        Process process =
            new ProcessBuilder(command(directory, port)).redirectErrorStream(true).start();
        var machine = new VirtualMachine(process, place, directory, port);
        Thread reader = new Thread(machine::readConsole, "console");
        reader.setDaemon(true);
        reader.start();
        return machine;
      } catch (IOException | RuntimeException e) {
        place.close();
        throw e;
      }
    }

    private List<String> command(Path directory, int port) throws IOException {
      Files.deleteIfExists(directory.resolve("qmp"));
      var words = new ArrayList<>(names == null ? List.<String>of() : withNames(directory));
      words.addAll(List.of("qemu-system-x86_64", "-accel", "tcg", "-cpu", "max"));
      words.addAll(List.of("-m", String.valueOf(memoryMib), "-nodefaults", "-display", "none"));
      words.addAll(
          List.of("-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"));
      words.addAll(List.of("-qmp", "unix:" + directory.resolve("qmp") + ",server=on,wait=off"));
      words.addAll(firmware.arguments(directory));
      for (int i = 0; i < disks.size(); i++) {
        int bootIndex = i == bootDisk ? 0 : i + 1;
        words.addAll(disks.get(i).arguments(i, bootIndex));
      }
      if (network) {
        words.addAll(List.of("-netdev", "user,id=net,hostfwd=tcp:127.0.0.1:" + port + "-:22"));
        words.addAll(List.of("-device", "virtio-net-pci,netdev=net,romfile="));
      } else {
        words.addAll(List.of("-net", "none"));
      }
      words.addAll(more);
      return words;
    }

    /** QEMU knows no other name server than that of {@code /etc/resolv.conf}: it sees another. */
    private List<String> withNames(Path directory) throws IOException {
      Path file = Files.writeString(directory.resolve("resolv.conf"), names.configuration());
      String script = "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"";
      return List.of("unshare", "--mount", "sh", "-c", script, file.toString());
    }

    private static int freePort() throws IOException {
      try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      }
    }
  }

  private void readConsole() {
    try (InputStream in = process.getInputStream()) {
      var plain = new PlainText();
      byte[] buffer = new byte[4096];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        String text = new String(buffer, 0, count, StandardCharsets.ISO_8859_1);
        synchronized (console) {
          console.append(plain.of(text));
          console.notifyAll();
        }
      }
    } catch (IOException e) {
      synchronized (console) {
        console.append("\n[console lost: ").append(e.getMessage()).append("]\n");
      }
    }
    synchronized (console) {
      ended = true;
      console.notifyAll();
    }
  }

  /** As {@link #waitFor(String, Duration)}, with {@link #PATIENCE}. */
  public String waitFor(String regex) throws InterruptedException {
    return waitFor(regex, PATIENCE);
  }

  /**
   * Waits until the machine prints something behind what was found last.
   *
   * @return what the pattern matched
   * @throws AssertionError with the console's last lines when time is up or the machine has ended
   */
  public String waitFor(String regex, Duration patience) throws InterruptedException {
    Pattern pattern = Pattern.compile(regex, Pattern.MULTILINE);
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (console) {
      while (true) {
        Matcher matcher = pattern.matcher(console);
        if (matcher.find(seen)) {
          seen = matcher.end();
          return matcher.group();
        }
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (ended || left <= 0) {
          throw new AssertionError(
              "no \""
                  + regex
                  + "\" "
                  + (ended ? "before the machine ended" : "within " + patience)
                  + "; the console ends with:\n"
                  + console.substring(Math.max(0, console.length() - 6000)));
        }
        console.wait(left);
      }
    }
  }

  /** Types a line and the enter key. */
  public void type(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** All that was printed so far. */
  public String console() {
    synchronized (console) {
      return console.toString();
    }
  }

  /** Where the guest's SSH port is reached on the loopback address. */
  public int sshPort() {
    if (sshPort == 0) {
      throw new IllegalStateException("this machine has no network card; ask for one");
    }
    return sshPort;
  }

  /** Presses the power button. */
  public void pressPower() throws IOException {
    control("system_powerdown");
  }

  /** Presses the reset button. */
  public void reset() throws IOException {
    control("system_reset");
  }

  private void control(String command) throws IOException {
    try (MachineControl control = MachineControl.connect(directory.resolve("qmp"))) {
      control.command(command);
    }
  }

  /** Waits until the machine has switched itself off. */
  public void waitForEnd() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("the machine does not switch itself off");
    }
  }

  /** Pulls the plug, unless the machine has ended by itself. */
  @Override
  public void close() throws IOException {
    try {
      process.destroy();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } finally {
      Runtime.getRuntime().removeShutdownHook(atExit);
      place.close();
    }
  }
}
