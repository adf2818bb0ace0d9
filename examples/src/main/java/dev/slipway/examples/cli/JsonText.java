// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Prints a JSON value over several lines. */
final class JsonText {
  /** Writes the value. */
  @FunctionalInterface
  interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  private JsonText() {}

  static void print(PrintWriter out, Body body) throws IOException {
    var text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.useDefaultPrettyPrinter();
      body.write(json);
    }
    out.println(text);
  }
}
