// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
  private static String said(Exception e) {
    var err = new StringWriter();
    CommandLine line = new CommandLine(new Main()).setErr(new PrintWriter(err));
    assertThat(new Main().report(e, line)).isEqualTo(Main.FAILED);
    return err.toString();
  }

  @Test
  void saysWhatIsWrongWithAFile() {
    assertThat(said(new NoSuchFileException("/x"))).isEqualTo("slipway: /x: no such file\n");
    assertThat(said(new AccessDeniedException("/x"))).isEqualTo("slipway: /x: permission denied\n");
    assertThat(said(new FileAlreadyExistsException("/x")))
        .isEqualTo("slipway: /x: is there already; remove it or name another place\n");
    assertThat(said(new DirectoryNotEmptyException("/x")))
        .isEqualTo("slipway: /x: the directory is not empty\n");
    assertThat(said(new FileSystemLoopException("/x")))
        .isEqualTo("slipway: /x: cannot be used (FileSystemLoopException)\n");
  }

  @Test
  void saysThePlainErrorOfAStream() {
    assertThat(said(new UncheckedIOException(new AccessDeniedException("/x"))))
        .isEqualTo("slipway: /x: permission denied\n");
    assertThat(said(new UncheckedIOException(new IOException("it broke"))))
        .isEqualTo("slipway: it broke\n");
  }
}
