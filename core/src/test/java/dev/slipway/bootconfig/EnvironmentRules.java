// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * How GRUB 2.06 itself walks over an environment block and changes it, damaged ones too: {@code
 * grub_envblk_iterate} and {@code grub_envblk_set}. It is far more forgiving than our reader.
 */
final class EnvironmentRules {
  private EnvironmentRules() {}

  static void iterate(byte[] block, int start, BiConsumer<String, String> hook) {
    int p = start;
    while (p < block.length) {
      if (block[p] != '#') {
        int name = p;
        while (p < block.length && block[p] != '=') {
          p++; // over the ends of lines, too
        }
        if (p == block.length) {
          return;
        }
        int value = p + 1;
        int end = endOfLine(block, value);
        if (end >= block.length) {
          return;
        }
        hook.accept(text(block, name, p), text(block, value, end).replaceAll("\\\\(.)", "$1"));
        p = value;
      }
      p = endOfLine(block, p) + 1;
    }
  }

  private static int endOfLine(byte[] block, int from) {
    int p = from;
    while (p < block.length && block[p] != '\n') {
      p += block[p] == '\\' ? 2 : 1;
    }
    return p;
  }

  private static String text(byte[] block, int from, int to) {
    return new String(block, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** Changes one variable, or tells that the block has no room or does not end as it should. */
  static boolean set(byte[] block, int start, String name, String value) {
    byte[] prefix = (name + "=").getBytes(StandardCharsets.US_ASCII);
    byte[] text = value.getBytes(StandardCharsets.US_ASCII);
    int space = block.length;
    while (space > 0 && block[space - 1] == '#') {
      space--;
    }
    if (block[space - 1] != '\n') {
      return false;
    }
    int p = start;
    while (p + prefix.length < space) {
      if (Arrays.equals(prefix, 0, prefix.length, block, p, p + prefix.length)) {
        return replace(block, p + prefix.length, space, text);
      }
      p = endOfLine(block, p) + 1;
    }
    if (block.length - space < prefix.length + text.length + 1) {
      return false;
    }
    System.arraycopy(prefix, 0, block, space, prefix.length);
    System.arraycopy(text, 0, block, space + prefix.length, text.length);
    block[space + prefix.length + text.length] = '\n';
    return true;
  }

  private static boolean replace(byte[] block, int at, int space, byte[] text) {
    int end = endOfLine(block, at);
    int growth = text.length - (end - at);
    if (end >= space || block.length - space < growth) {
      return false;
    }
    System.arraycopy(block, end, block, at + text.length, space - end);
    System.arraycopy(text, 0, block, at, text.length);
    if (growth < 0) {
      Arrays.fill(block, space + growth, space, (byte) '#');
    }
    return true;
  }
}
