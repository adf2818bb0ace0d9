// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes the sequences that terminals interpret out of text that comes in pieces; one that is cut
 * between two pieces waits for its end.
 */
final class PlainText {
  private static final Pattern ESCAPES =
      Pattern.compile("\u001b\\[[0-9;?=]*[A-Za-z]|\u001b[()][A-Z0-9]|\u001b[=>c78]|\r");

  /** What may become such a sequence. None is long: beyond this it is something else. */
  private static final Pattern UNFINISHED = Pattern.compile("\u001b(?:\\[[0-9;?=]{0,40}|[()])?\\z");

  private String rest = "";

  /** The text of the next piece, as far as it is certain. */
  String of(String piece) {
    String text = rest + piece;
    Matcher unfinished = UNFINISHED.matcher(text);
    int end = unfinished.find() ? unfinished.start() : text.length();
    rest = text.substring(end);
    return ESCAPES.matcher(text.substring(0, end)).replaceAll("");
  }
}
