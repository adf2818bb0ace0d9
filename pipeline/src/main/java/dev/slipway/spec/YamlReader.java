// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import dev.slipway.spec.Yaml.Entry;
import dev.slipway.spec.Yaml.Items;
import dev.slipway.spec.Yaml.Mapping;
import dev.slipway.spec.Yaml.Place;
import dev.slipway.spec.Yaml.Scalar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Turns the text of a YAML document into {@link Yaml} values. No objects are ever constructed. */
final class YamlReader {
  /** Far above any real specification; stops aliases that multiply. */
  private static final int VALUES_MAX = 100_000;

  private static final int DEPTH_MAX = 50;

  private final Path file;
  private final List<SpecProblem> problems;
  private int values;

  private YamlReader(Path file, List<SpecProblem> problems) {
    this.file = file;
    this.problems = problems;
  }

  /** The document, or nothing when it is no YAML at all, which is then among the problems. */
  static Optional<Yaml> read(String text, Path file, List<SpecProblem> problems) {
    var reader = new YamlReader(file, problems);
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isEmpty()) {
        problems.add(new SpecProblem(file, 1, 1, "the file is empty"));
        return Optional.empty();
      }
      return Optional.of(reader.value(root.get(), 0));
    } catch (MarkedYamlEngineException e) {
      Place place = reader.place(e.getProblemMark().or(e::getContextMark));
      problems.add(reader.problem(place, "not YAML: " + oneLine(e.getProblem())));
    } catch (YamlEngineException e) {
      problems.add(new SpecProblem(file, 1, 1, "not YAML: " + oneLine(e.getMessage())));
    } catch (StackOverflowError e) {
      // The parser goes one call deeper for each bracket.
      problems.add(new SpecProblem(file, 1, 1, "the document nests deeper than any specification"));
    } catch (TooLarge e) {
      problems.add(
          reader.problem(
              e.place, "the document nests or repeats more than any specification does"));
    }
    return Optional.empty();
  }

  private static String oneLine(String message) {
    return message == null ? "no more is known" : message.strip().replaceAll("\\s+", " ");
  }

  private Yaml value(Node node, int depth) {
    Place place = place(node.getStartMark());
    if (depth > DEPTH_MAX || ++values > VALUES_MAX) {
      throw new TooLarge(place);
    }
    if (node instanceof ScalarNode scalar) {
      return new Scalar(place, scalar.getValue(), scalar.getTag().equals(Tag.NULL));
    }
    if (node instanceof SequenceNode sequence) {
      var items = new ArrayList<Yaml>();
      for (Node item : sequence.getValue()) {
        items.add(value(item, depth + 1));
      }
      return new Items(place, items);
    }
    var entries = new LinkedHashMap<String, Entry>();
    for (NodeTuple tuple : ((MappingNode) node).getValue()) {
      Place keyPlace = place(tuple.getKeyNode().getStartMark());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        problems.add(problem(keyPlace, "a key must be plain text"));
        continue;
      }
      Entry before =
          entries.putIfAbsent(
              key.getValue(), new Entry(keyPlace, value(tuple.getValueNode(), depth + 1)));
      if (before != null) {
        problems.add(
            problem(
                keyPlace,
                "\""
                    + key.getValue()
                    + "\" stands here twice, first in line "
                    + before.keyPlace().line()));
      }
    }
    return new Mapping(place, entries);
  }

  private Place place(Optional<Mark> mark) {
    return mark.map(m -> new Place(file, m.getLine() + 1, m.getColumn() + 1))
        .orElse(new Place(file, 1, 1));
  }

  private SpecProblem problem(Place place, String message) {
    return new SpecProblem(place.file(), place.line(), place.column(), message);
  }

  private static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Place place;

    TooLarge(Place place) {
      super(null, null, false, false);
      this.place = place;
    }
  }
}
