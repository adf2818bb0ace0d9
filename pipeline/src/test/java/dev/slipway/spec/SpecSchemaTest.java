// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the schema that editors use to the keys that the reader knows. */
class SpecSchemaTest {
  @TempDir Path directory;

  @Test
  void listsExactlyTheKeysThatAreRead() throws IOException {
    Files.createDirectories(directory.resolve("app"));
    Files.writeString(directory.resolve("app/main.sh"), "");
    Files.writeString(directory.resolve("keys.gpg"), "");
    var reader = new SpecReader();
    reader.parse(SpecSamples.EVERYTHING, directory.resolve("robot.yaml"));
    var inSchema = new TreeMap<String, Set<String>>();
    collect(schema(), "", inSchema);
    assertThat(inSchema).isEqualTo(reader.knownKeys());
  }

  @Test
  void isTheSameInTheDocumentation() throws IOException {
    Path documented = Path.of("../docs/spec.schema.json");
    try (InputStream in = SpecSchemaTest.class.getResourceAsStream("spec.schema.json")) {
      assertThat(Files.readAllBytes(documented)).isEqualTo(in.readAllBytes());
    }
  }

  private static void collect(Map<?, ?> schema, String path, Map<String, Set<String>> found) {
    if (!(schema.get("properties") instanceof Map<?, ?> properties)) {
      return;
    }
    assertThat(schema.get("additionalProperties"))
        .as("additionalProperties of \"%s\"", path)
        .isEqualTo(false);
    var names = found.computeIfAbsent(path, p -> new TreeSet<>());
    properties.forEach(
        (name, value) -> {
          names.add((String) name);
          assertThat(((Map<?, ?>) value).get("description"))
              .as("description of %s", name)
              .isNotNull();
          String below = path.isEmpty() ? (String) name : path + "." + name;
          collect((Map<?, ?>) value, below, found);
          if (((Map<?, ?>) value).get("items") instanceof Map<?, ?> items) {
            collect(items, below + "[]", found);
          }
        });
  }

  private static Map<?, ?> schema() throws IOException {
    try (InputStream in = SpecSchemaTest.class.getResourceAsStream("spec.schema.json");
        JsonParser json = new JsonFactory().createParser(in)) {
      json.nextToken();
      return (Map<?, ?>) value(json);
    }
  }

  private static Object value(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.START_OBJECT) {
      var map = new LinkedHashMap<String, Object>();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        json.nextToken();
        map.put(name, value(json));
      }
      return map;
    }
    if (json.currentToken() == JsonToken.START_ARRAY) {
      var list = new ArrayList<Object>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        list.add(value(json));
      }
      return list;
    }
    return json.currentToken().isBoolean() ? (Object) json.getBooleanValue() : json.getText();
  }
}
