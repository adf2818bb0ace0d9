// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A way into namespaces of one's own: the command that leads there, and what may be in its way.
 *
 * @param prefix words in front of the command, to enter as another user; empty but in tests
 * @param user who enters
 * @param mapped through a user namespace, so without privilege
 * @param host the machine on which the door is
 */
record SandboxDoor(List<String> prefix, HostUser user, boolean mapped, SandboxHost host) {
  private static final int CHECK_SECONDS = 30;
  private static final int SAID_BYTES_MAX = 1 << 14;

  SandboxDoor(List<String> prefix, HostUser user, boolean mapped) {
    this(prefix, user, mapped, SandboxHost.HERE);
  }

  static SandboxDoor namespaces() {
    return new SandboxDoor(List.of(), HostUser.current(), true);
  }

  static SandboxDoor chroot() {
    return new SandboxDoor(List.of(), HostUser.current(), false);
  }

  /** The door's name in messages. */
  String name() {
    return mapped ? "namespaces" : "chroot";
  }

  /**
   * A process that runs a shell script as root of its own namespaces; it is killed with whoever
   * started it.
   */
  ProcessBuilder enter(String script, boolean network) {
    var words = new ArrayList<>(prefix);
    words.addAll(
        List.of("unshare", "--mount", "--pid", "--fork", "--kill-child", "--ipc", "--uts"));
    if (!network) {
      words.add("--net");
    }
    if (mapped) {
      words.addAll(List.of("--user", "--map-root-user", "--map-auto"));
    }
    words.addAll(List.of("sh", "-c", script));
    host.find(words.get(0)).ifPresent(program -> words.set(0, program.toString()));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().put("PATH", host.path());
    builder.environment().put("LC_ALL", "C");
    return builder.directory(Path.of("/").toFile());
  }

  /** Tries the door. */
  void check() throws IOException {
    if (!mapped && !user.isRoot()) {
      throw new SandboxException(
          "sandbox door \"chroot\" needs root, this is user "
              + user.name()
              + ": use the door \"namespaces\", or run as root");
    }
    if (host.find("unshare").isEmpty()) {
      throw new SandboxException(
          "sandbox door \""
              + name()
              + "\" needs the program unshare: install the package util-linux");
    }
    String said = trial();
    if (!said.isEmpty()) {
      throw new SandboxException(
          "sandbox door \""
              + name()
              + "\" cannot be used here: "
              + String.join("; ", obstacles(said)));
    }
  }

  /** What went wrong when a mount was tried behind the door; empty when nothing did. */
  private String trial() throws IOException {
    Process process = enter("mount -t tmpfs slipway /tmp", false).redirectErrorStream(true).start();
    var late = new AtomicBoolean();
    CompletableFuture<Void> clock =
        CompletableFuture.runAsync(
            () -> {
              late.set(true);
              process.destroyForcibly();
            },
            CompletableFuture.delayedExecutor(CHECK_SECONDS, TimeUnit.SECONDS));
    try {
      process.getOutputStream().close();
      String text = said(process);
      process.waitFor();
      if (late.get()) {
        return "no answer within " + CHECK_SECONDS + " seconds";
      }
      return process.exitValue() == 0
          ? ""
          : text.isEmpty() ? "exit status " + process.exitValue() : text;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("interrupted while the sandbox was tried");
    } finally {
      clock.cancel(false);
      process.destroyForcibly();
    }
  }

  /** The start of what a process prints, once it has printed all. */
  static String said(Process process) throws IOException {
    InputStream in = process.getInputStream();
    byte[] start = in.readNBytes(SAID_BYTES_MAX);
    in.transferTo(OutputStream.nullOutputStream());
    return new String(start, StandardCharsets.UTF_8).strip();
  }

  private List<String> obstacles(String said) {
    var all = new ArrayList<String>();
    all.add(said.replace('\n', ' '));
    all.addAll(mapped ? host.obstaclesFor(user) : host.obstaclesForRoot());
    if (said.contains("map-auto")) {
      all.add("this unshare does not know --map-auto: util-linux 2.38 or newer is needed");
    }
    return all;
  }
}
