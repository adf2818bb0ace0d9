// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.bootconfig.DeploymentMenu;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The menu that GRUB reads, kept in step with the deployments of a sysroot.
 *
 * <p>On the machine that runs from that sysroot, a deployment that is put first must count as
 * untried before it stands there, or nobody goes back when it does not start. The script of {@link
 * GrubUpkeep} knows how; so it has the word there. Of a disk that is mounted elsewhere only the
 * menu is written: the script makes up for it at that machine's next start.
 *
 * @param script the running machine's {@code write-grub-cfg}
 */
record GrubMenu(Path root, Optional<Path> script) {
  private static final Path SCRIPT = Path.of("/usr/lib/slipway/write-grub-cfg");

  /**
   * The menu of a sysroot.
   *
   * @param running whether this machine was started from it
   */
  static GrubMenu of(Path root, boolean running) {
    return new GrubMenu(
        root, Optional.of(SCRIPT).filter(script -> running && Files.isExecutable(script)));
  }

  /** Makes it name what {@code /boot/loader} leads to, which is this layout. */
  void write(BootLayout layout) throws IOException {
    if (script.isPresent()) {
      call(script.get());
      return;
    }
    byte[] text = layout.grubConfiguration().getBytes(StandardCharsets.UTF_8);
    Path menu = root.resolve(DeploymentMenu.PATH.substring(1));
    if (!Files.exists(menu) || !Arrays.equals(Files.readAllBytes(menu), text)) {
      Directories.makeAll(menu.getParent());
      Directories.replace(menu, text, true);
    }
  }

  private void call(Path program) throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(program.toString(), root.resolve("boot").toString(), root.toString()))
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(
            program + ": " + (said.isEmpty() ? "status " + process.exitValue() : said));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
