// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The name of a step's result: what the step is, and every input it depends on, by name. Two keys
 * with the same inputs have the same digest, in whatever order the inputs were named.
 *
 * <pre>{@code
 * Key key = Key.of("rootfs", 3).with("packages", names).with("sandbox", digest);
 * }</pre>
 *
 * <p>A key keeps the inputs as text, so that it can say in what it differs from a former one.
 */
public final class Key {
  private static final int LINES_SHOWN_MAX = 8;
  private static final int CHARACTERS_SHOWN_MAX = 60;

  private final String step;
  private final int version;
  private final SortedMap<String, String> inputs;

  private Key(String step, int version, SortedMap<String, String> inputs) {
    this.step = step;
    this.version = version;
    this.inputs = inputs;
  }

  /**
   * A key without inputs.
   *
   * @param step what is made: {@code rootfs}
   * @param version raised whenever the step's code makes something else of the same inputs
   */
  public static Key of(String step, int version) {
    return new Key(step, version, new TreeMap<>());
  }

  /** This key with one more input. */
  public Key with(String name, String value) {
    if (inputs.containsKey(name)) {
      throw new IllegalArgumentException("the key has an input \"" + name + "\" already");
    }
    var more = new TreeMap<>(inputs);
    more.put(name, value);
    return new Key(step, version, more);
  }

  public Key with(String name, Digest value) {
    return with(name, value.hex());
  }

  public Key with(String name, long value) {
    return with(name, Long.toString(value));
  }

  /** An input of several parts in an order that matters; no part may contain a line break. */
  public Key with(String name, List<String> parts) {
    for (String part : parts) {
      if (part.indexOf('\n') >= 0) {
        throw new IllegalArgumentException(name + ": a part contains a line break: " + part);
      }
    }
    return with(name, parts.size() + " parts\n" + String.join("\n", parts));
  }

  /** An input that is itself the result of another step. */
  public Key with(String name, Key other) {
    return with(name, other.digest());
  }

  public String step() {
    return step;
  }

  public int version() {
    return version;
  }

  /** The inputs by name, in name order. */
  public SortedMap<String, String> inputs() {
    return new TreeMap<>(inputs);
  }

  /** The key's identity. */
  public Digest digest() {
    return Digest.of(bytes());
  }

  /** Step, version, number of inputs, names and values; texts have their length before them. */
  byte[] bytes() {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      text(out, step);
      out.writeInt(version);
      out.writeInt(inputs.size());
      for (var input : inputs.entrySet()) {
        text(out, input.getKey());
        text(out, input.getValue());
      }
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(raw.length);
    out.write(raw);
  }

  static Key fromBytes(byte[] bytes, String source) throws FormatException {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      String step = text(in);
      int version = in.readInt();
      int count = in.readInt();
      var inputs = new TreeMap<String, String>();
      for (int i = 0; i < count; i++) {
        inputs.put(text(in), text(in));
      }
      return new Key(step, version, inputs);
    } catch (IOException e) {
      throw new FormatException(source + ": not the inputs of a key", e);
    }
  }

  private static String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("text of " + length + " bytes");
    }
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  /**
   * In what this key differs from a former one of the same step, one sentence for each input; empty
   * when they are equal.
   */
  public List<String> differencesFrom(Key former) {
    var differences = new ArrayList<String>();
    if (!step.equals(former.step)) {
      differences.add("step: was " + former.step + ", is " + step);
    }
    if (version != former.version) {
      differences.add("version of the step: was " + former.version + ", is " + version);
    }
    var names = new TreeSet<>(inputs.keySet());
    names.addAll(former.inputs.keySet());
    for (String name : names) {
      String now = inputs.get(name);
      String then = former.inputs.get(name);
      if (then == null) {
        differences.add(name + ": is new");
      } else if (now == null) {
        differences.add(name + ": is gone");
      } else if (!now.equals(then)) {
        differences.add(name + ": " + difference(then, now));
      }
    }
    return differences;
  }

  private static String difference(String then, String now) {
    if (then.indexOf('\n') < 0 && now.indexOf('\n') < 0) {
      return "was " + shortened(then) + ", is " + shortened(now);
    }
    var gone = new LinkedHashSet<>(then.lines().skip(1).toList());
    var come = new LinkedHashSet<>(now.lines().skip(1).toList());
    var both = new LinkedHashSet<>(gone);
    both.retainAll(come);
    gone.removeAll(both);
    come.removeAll(both);
    var changes = new ArrayList<String>();
    gone.forEach(line -> changes.add("-" + shortened(line)));
    come.forEach(line -> changes.add("+" + shortened(line)));
    if (changes.isEmpty()) {
      return "another order";
    }
    int more = changes.size() - LINES_SHOWN_MAX;
    String shown = String.join(", ", changes.subList(0, Math.min(changes.size(), LINES_SHOWN_MAX)));
    return more > 0 ? shown + " and " + more + " more" : shown;
  }

  private static String shortened(String value) {
    boolean fits = value.length() <= CHARACTERS_SHOWN_MAX;
    return fits ? value : value.substring(0, CHARACTERS_SHOWN_MAX) + "...";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key that
        && step.equals(that.step)
        && version == that.version
        && inputs.equals(that.inputs);
  }

  @Override
  public int hashCode() {
    return inputs.hashCode();
  }

  @Override
  public String toString() {
    return step + " " + version + " " + inputs;
  }
}
