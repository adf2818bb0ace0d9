// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** As much of QEMU's machine protocol (QMP) as pressing buttons needs: a line of JSON each way. */
final class MachineControl implements Closeable {
  private final SocketChannel channel;
  private final StringBuilder received = new StringBuilder();

  private MachineControl(SocketChannel channel) {
    this.channel = channel;
  }

  static MachineControl connect(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    var control = new MachineControl(channel);
    control.line();
    control.command("qmp_capabilities");
    return control;
  }

  /** Sends a command without arguments and waits until it is accepted. Events are passed over. */
  void command(String name) throws IOException {
    channel.write(
        ByteBuffer.wrap(("{\"execute\":\"" + name + "\"}\n").getBytes(StandardCharsets.US_ASCII)));
    for (String answer = line(); ; answer = line()) {
      if (answer.contains("\"error\"")) {
        throw new IOException(name + ": " + answer);
      }
      if (answer.contains("\"return\"")) {
        return;
      }
    }
  }

  private String line() throws IOException {
    while (received.indexOf("\n") < 0) {
      ByteBuffer buffer = ByteBuffer.allocate(4096);
      if (channel.read(buffer) < 0) {
        throw new IOException("QEMU closed the connection");
      }
      received.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
    }
    int end = received.indexOf("\n");
    String line = received.substring(0, end);
    received.delete(0, end + 1);
    return line;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
