// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Parses the part of GRUB's script language that our scripts use. */
final class GrubScriptParser {
  /** A word in pieces, so that variables are put in when it is used. */
  record Word(List<Piece> pieces) {
    /** Outside of quotes a variable's value falls apart at spaces, and an empty one vanishes. */
    void expandInto(List<String> words, UnaryOperator<String> values) {
      if (pieces.size() == 1 && pieces.get(0).variable() && !pieces.get(0).quoted()) {
        for (String part : values.apply(pieces.get(0).text()).split(" ")) {
          if (!part.isEmpty()) {
            words.add(part);
          }
        }
        return;
      }
      var text = new StringBuilder();
      for (Piece piece : pieces) {
        text.append(piece.variable() ? values.apply(piece.text()) : piece.text());
      }
      words.add(text.toString());
    }

    private boolean is(String text) {
      return pieces.size() == 1
          && !pieces.get(0).quoted()
          && !pieces.get(0).variable()
          && pieces.get(0).text().equals(text);
    }

    private String literal() {
      return pieces.get(0).text();
    }
  }

  record Piece(String text, boolean variable, boolean quoted) {}

  interface Statement {}

  record Block(List<Statement> statements) {}

  record Branch(Block condition, Block body) {}

  record If(List<Branch> branches) implements Statement {}

  record For(String variable, List<Word> words, Block body) implements Statement {}

  /** A function or a menu entry. */
  record Define(boolean entry, String name, Block body) implements Statement {}

  record Command(List<Word> words) implements Statement {}

  private static final Word END = new Word(List.of(new Piece(";", false, false)));

  private final List<Word> tokens = new ArrayList<>();
  private final String text;
  private int at;

  private GrubScriptParser(String text) {
    this.text = text;
  }

  static Block parse(String text) {
    var parser = new GrubScriptParser(text);
    parser.tokenize();
    parser.at = 0;
    Block block = parser.block();
    if (parser.at != parser.tokens.size()) {
      throw new AssertionError("a surplus \"" + parser.tokens.get(parser.at) + "\"");
    }
    return block;
  }

  private void tokenize() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n' || c == ';') {
        tokens.add(END);
        at++;
      } else if (c == ' ') {
        at++;
      } else if (c == '#') {
        at = text.indexOf('\n', at);
      } else {
        tokens.add(word());
      }
    }
  }

  private Word word() {
    var pieces = new ArrayList<Piece>();
    while (at < text.length() && " \n;".indexOf(text.charAt(at)) < 0) {
      char c = text.charAt(at);
      if (c == '\'') {
        int end = text.indexOf('\'', at + 1);
        pieces.add(new Piece(text.substring(at + 1, end), false, true));
        at = end + 1;
      } else if (c == '"') {
        at++;
        if (text.charAt(at) == '"') {
          pieces.add(new Piece("", false, true));
        }
        while (text.charAt(at) != '"') {
          pieces.add(piece("\"$", true));
        }
        at++;
      } else {
        pieces.add(piece(" \n;\"'$", false));
      }
    }
    return new Word(pieces);
  }

  private Piece piece(String ends, boolean quoted) {
    int start = at;
    boolean variable = text.charAt(at) == '$';
    if (variable) {
      at++;
      while (at < text.length()
          && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
        at++;
      }
      return new Piece(text.substring(start + 1, at), true, quoted);
    }
    while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return new Piece(text.substring(start, at), false, quoted);
  }

  private boolean next(String word) {
    return at < tokens.size() && tokens.get(at).is(word);
  }

  private void expect(String word) {
    if (!next(word)) {
      throw new AssertionError("expected " + word + ", found " + tokens.get(at));
    }
    at++;
  }

  private Block block(String... ends) {
    var statements = new ArrayList<Statement>();
    while (at < tokens.size()) {
      if (tokens.get(at) == END) {
        at++;
        continue;
      }
      for (String end : ends) {
        if (next(end)) {
          return new Block(statements);
        }
      }
      statements.add(statement());
    }
    return new Block(statements);
  }

  private Statement statement() {
    if (next("if")) {
      return choice();
    }
    if (next("for")) {
      at++;
      String variable = tokens.get(at++).literal();
      expect("in");
      List<Word> words = words();
      at++;
      expect("do");
      Block body = block("done");
      expect("done");
      return new For(variable, words, body);
    }
    if (next("function") || next("menuentry")) {
      boolean entry = next("menuentry");
      at++;
      Word name = tokens.get(at++);
      if (entry) {
        expect("--id");
        name = tokens.get(at++);
      }
      expect("{");
      Block body = block("}");
      expect("}");
      return new Define(entry, name.literal(), body);
    }
    return new Command(words());
  }

  private If choice() {
    var branches = new ArrayList<Branch>();
    at++;
    while (true) {
      Block condition = block("then");
      expect("then");
      branches.add(new Branch(condition, block("elif", "else", "fi")));
      if (next("else")) {
        at++;
        branches.add(new Branch(null, block("fi")));
      }
      if (next("fi")) {
        at++;
        return new If(branches);
      }
      expect("elif");
    }
  }

  private List<Word> words() {
    var words = new ArrayList<Word>();
    while (at < tokens.size() && tokens.get(at) != END && !next("}")) {
      words.add(tokens.get(at++));
    }
    return words;
  }
}
