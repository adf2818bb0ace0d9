// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A name server that knows one name, and that no other exists. It listens on a loopback address of
 * its own, at the port that QEMU asks, 53; that takes root.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1035#section-4">RFC 1035, 4</a>
 */
public final class NameServer implements AutoCloseable {
  private static final int PORT = 53;
  private static final int MOST_BYTES = 512;
  private static final int HEADER_BYTES = 12;
  private static final int ANSWER = 0x8180; // QR, RD, RA
  private static final int NO_SUCH_NAME = 3;
  private static final int TYPE_A = 1;
  private static final int CLASS_IN = 1;
  private static final int NAME_OF_THE_QUESTION = 0xC00C;
  private static final int SECONDS_TO_LIVE = 60;

  private final DatagramSocket socket;
  private final String name;
  private final byte[] address;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  private NameServer(DatagramSocket socket, String name, byte[] address) {
    this.socket = socket;
    this.name = name;
    this.address = address;
  }

  /** Starts one that knows the address of a name. */
  public static NameServer start(String name, String address) throws IOException {
    var here = new InetSocketAddress(InetAddress.getByName("127.53.0.1"), PORT);
    var server =
        new NameServer(new DatagramSocket(here), name, InetAddress.getByName(address).getAddress());
    Thread thread = new Thread(server::answerAll, "names");
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  /** The line of {@code resolv.conf} that leads here. */
  String configuration() {
    return "nameserver " + socket.getLocalAddress().getHostAddress() + "\n";
  }

  /** The names that were asked for so far. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  private void answerAll() {
    while (!socket.isClosed()) {
      try {
        var packet = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
        socket.receive(packet);
        packet.setData(answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength())));
        socket.send(packet);
      } catch (IOException | RuntimeException e) {
        // closed, or no question: whoever waits for an answer will say so
      }
    }
  }

  private byte[] answer(ByteBuffer question) {
    int id = question.getShort(0);
    question.position(HEADER_BYTES);
    String wanted = name(question);
    int type = question.getShort();
    question.getShort();
    asked.add(wanted);
    boolean known = wanted.equals(name);
    boolean found = known && type == TYPE_A;
    ByteBuffer out = ByteBuffer.allocate(MOST_BYTES);
    out.putShort((short) id).putShort((short) (known ? ANSWER : ANSWER | NO_SUCH_NAME));
    out.putShort((short) 1).putShort((short) (found ? 1 : 0)).putInt(0);
    out.put(question.array(), HEADER_BYTES, question.position() - HEADER_BYTES);
    if (found) {
      out.putShort((short) NAME_OF_THE_QUESTION).putShort((short) TYPE_A);
      out.putShort((short) CLASS_IN).putInt(SECONDS_TO_LIVE);
      out.putShort((short) address.length).put(address);
    }
    var bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static String name(ByteBuffer question) {
    var text = new ByteArrayOutputStream();
    for (int length = question.get(); length != 0; length = question.get()) {
      if (text.size() > 0) {
        text.write('.');
      }
      var label = new byte[length];
      question.get(label);
      text.writeBytes(label);
    }
    return text.toString(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    socket.close();
  }
}
