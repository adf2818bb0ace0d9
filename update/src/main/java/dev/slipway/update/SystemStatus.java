// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.slipway.bootconfig.BootMenu;
import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.bootconfig.LoaderTrial;
import dev.slipway.bootconfig.Slot;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a machine stands with its releases.
 *
 * @param boot what its boot loader knows
 * @param running the slot that runs; nothing for a disk that is no running machine's
 * @param releases what the slots hold, as far as they say
 * @param installing the slot that an update is being written to, or was when it was cut
 * @param setbacks releases and boot loaders that did not work, in sentences
 * @param shadowed files of {@code /etc} whose changed copy hides a default that changed
 */
public record SystemStatus(
    BootState boot,
    Optional<Slot> running,
    Map<Slot, Release> releases,
    Optional<Slot> installing,
    List<String> setbacks,
    List<String> shadowed) {
  public SystemStatus {
    releases = Map.copyOf(releases);
    setbacks = List.copyOf(setbacks);
    shadowed = List.copyOf(shadowed);
  }

  /**
   * Finds out.
   *
   * @param state where the installer keeps its state
   * @param reports what {@code slipway-boot} reports; a directory that is not there will do
   * @param changes what was changed in {@code /etc}; a directory that is not there will do
   */
  public static SystemStatus of(
      SystemDisk disk, Optional<Slot> running, Path state, Path reports, Path changes)
      throws IOException {
    BootState boot = disk.store().read();
    var releases = new EnumMap<Slot, Release>(Slot.class);
    for (Slot slot : boot.slots().keySet()) {
      release(disk, slot, boot.slot(slot).ok()).ifPresent(found -> releases.put(slot, found));
    }
    List<String> shadowed =
        running.isPresent() && boot.slots().values().stream().allMatch(BootState.SlotState::ok)
            ? ShadowedFiles.of(disk, running.get(), changes)
            : List.of();
    return new SystemStatus(
        boot,
        running,
        releases,
        InstallState.read(state).map(InstallState::slot),
        Setbacks.in(reports),
        shadowed);
  }

  /** A slot that must not be started may hold anything: half a release, or none. */
  private static Optional<Release> release(SystemDisk disk, Slot slot, boolean ok)
      throws IOException {
    try {
      return Release.in(disk.slot(slot), "slot " + slot);
    } catch (FormatException e) {
      if (ok) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** In lines for people. */
  public String text() {
    var out = new StringBuilder();
    for (Map.Entry<Slot, BootState.SlotState> entry : boot.slots().entrySet()) {
      Slot slot = entry.getKey();
      out.append("slot ").append(slot).append(": ");
      out.append(
          Optional.ofNullable(releases.get(slot)).map(Release::version).orElse("no release"));
      out.append(running.filter(slot::equals).isPresent() ? ", running" : "");
      out.append(", ").append(words(slot, entry.getValue())).append('\n');
    }
    out.append("next start: ")
        .append(boot.next().map(slot -> "slot " + slot).orElse("the last resort"))
        .append('\n');
    boot.loaders()
        .forEach(
            (kind, trial) -> {
              if (trial != LoaderTrial.NONE) {
                out.append("boot loader for " + kind + ": a new one, " + words(trial) + "\n");
              }
            });
    setbacks.forEach(sentence -> out.append(sentence).append('\n'));
    installing.ifPresent(slot -> out.append("an update of slot " + slot + " is not finished\n"));
    for (String path : shadowed) {
      out.append(path).append(": changed here, and its default changed with the release\n");
    }
    return out.toString();
  }

  private static String words(LoaderTrial trial) {
    return switch (trial) {
      case NONE -> "none";
      case TRY_1, TRY_2 -> "to be tried";
      case STARTED_1, STARTED_2 -> "tried and not confirmed";
    };
  }

  private String words(Slot slot, BootState.SlotState state) {
    if (!state.ok()) {
      return "not to be started";
    }
    if (boot.lastGood().filter(slot::equals).isPresent()) {
      return "confirmed";
    }
    if (state.tries() > 0) {
      return "tried " + state.tries() + " of " + BootMenu.TRIES + " times";
    }
    // whether it ever ran is known of the slot alone that was confirmed last
    return boot.next().filter(slot::equals).isPresent() ? "to be tried" : "in reserve";
  }

  /** As JSON, in a fixed order. */
  public String json() throws IOException {
    var text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeStringField("running", running.map(Slot::name).orElse(null));
      json.writeStringField("next", boot.next().map(Slot::name).orElse(null));
      json.writeStringField("lastGood", boot.lastGood().map(Slot::name).orElse(null));
      json.writeStringField("installing", installing.map(Slot::name).orElse(null));
      json.writeObjectFieldStart("slots");
      for (Map.Entry<Slot, BootState.SlotState> entry : boot.slots().entrySet()) {
        Optional<Release> release = Optional.ofNullable(releases.get(entry.getKey()));
        json.writeObjectFieldStart(entry.getKey().name());
        json.writeStringField("version", release.map(Release::version).orElse(null));
        json.writeBooleanField("ok", entry.getValue().ok());
        json.writeNumberField("tries", entry.getValue().tries());
        json.writeEndObject();
      }
      json.writeEndObject();
      json.writeObjectFieldStart("newBootLoaders");
      for (Map.Entry<LoaderKind, LoaderTrial> loader : boot.loaders().entrySet()) {
        json.writeStringField(loader.getKey().name(), words(loader.getValue()));
      }
      json.writeEndObject();
      strings(json, "setbacks", setbacks);
      strings(json, "shadowed", shadowed);
      json.writeEndObject();
    }
    return text + "\n";
  }

  private static void strings(JsonGenerator json, String name, List<String> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }
}
