// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

/**
 * The character set of short names, code page 437. The JDK has it too, but in a module that small
 * runtimes leave out.
 */
final class Cp437 {
  private static final String UPPER_HALF =
      "ÇüéâäàåçêëèïîìÄÅ"
          + "ÉæÆôöòûùÿÖÜ¢£¥₧ƒ"
          + "áíóúñÑªº¿⌐¬½¼¡«»"
          + "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
          + "└┴┬├─┼╞╟╚╔╩╦╠═╬╧"
          + "╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
          + "αßΓπΣσµτΦΘΩδ∞φε∩"
          + "≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

  private Cp437() {}

  /** The byte of a character, or -1 when the code page lacks it. */
  static int encode(char c) {
    if (c < 0x80) {
      return c;
    }
    int index = UPPER_HALF.indexOf(c);
    return index < 0 ? -1 : 0x80 + index;
  }

  static char decode(int value) {
    return value < 0x80 ? (char) value : UPPER_HALF.charAt(value - 0x80);
  }
}
