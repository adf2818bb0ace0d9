// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.bootconfig.LoaderTrial;
import dev.slipway.bundle.Bundle;
import dev.slipway.bundle.BundleLoader;
import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.tree.Content;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Puts the boot loader of a bundle into the spare place, where it is not the confirmed one already.
 * A disk whose boot loader cannot give way keeps it.
 */
final class LoaderUpdate {
  private final SystemDisk disk;
  private final Bundle bundle;
  private final Progress progress;
  private final Map<LoaderKind, LoaderTrial> trials = new EnumMap<>(LoaderKind.class);
  private final List<String> sentences = new ArrayList<>();

  LoaderUpdate(SystemDisk disk, Bundle bundle, Progress progress) {
    this.disk = disk;
    this.bundle = bundle;
    this.progress = progress;
  }

  /**
   * Refuses what could not be written later, before anything is touched.
   *
   * @throws IOException also when the bundle lacks a file of its own
   */
  void check() throws IOException {
    for (LoaderKind kind : LoaderKind.values()) {
      List<BundleLoader> files = files(kind);
      SortedMap<String, Content> contents = contents(files);
      if (!files.isEmpty()) {
        Optional<? extends LoaderPlace> found;
        try {
          found = place(kind);
        } catch (FormatException e) {
          continue; // it stays what it is; said when it is not written
        }
        if (found.isPresent() && !same(found.get().confirmed(), files)) {
          found.get().check(contents);
        }
      }
    }
  }

  /** Writes what is to be written, and reads it back. */
  void write() throws IOException {
    for (LoaderKind kind : LoaderKind.values()) {
      List<BundleLoader> files = files(kind);
      if (!files.isEmpty()) {
        write(kind, files);
      }
    }
  }

  private List<BundleLoader> files(LoaderKind kind) {
    return bundle.manifest().loaders().stream().filter(file -> file.kind() == kind).toList();
  }

  private SortedMap<String, Content> contents(List<BundleLoader> files) throws IOException {
    var contents = new TreeMap<String, Content>();
    for (BundleLoader file : files) {
      contents.put(file.name(), bundle.loader(file));
    }
    return contents;
  }

  private void write(LoaderKind kind, List<BundleLoader> files) throws IOException {
    Optional<? extends LoaderPlace> found;
    try {
      found = place(kind);
    } catch (FormatException e) {
      sentences.add("the boot loader for " + kind + " stays what it is: " + e.getMessage());
      return;
    }
    if (found.isEmpty()) {
      return;
    }
    trials.put(kind, LoaderTrial.NONE);
    if (same(found.get().confirmed(), files)) {
      return;
    }
    // what is there now must not be tried while it is written over, nor be confirmed: until now it
    // may have been
    disk.changeState(state -> state.withLoader(kind, LoaderTrial.NONE));
    LoaderPlace place = place(kind).orElseThrow();
    long bytes = files.stream().mapToLong(BundleLoader::sizeBytes).sum();
    try (Task task = progress.start("writing the boot loader for " + kind, bytes)) {
      place.write(contents(files), bundle.manifest().builtAt());
      task.advance(bytes);
    }
    if (!same(place.written(), files)) {
      throw new IOException(
          disk.name()
              + ": the boot loader for "
              + kind
              + " in place "
              + place.spare()
              + " is not what was written there; the device may be failing. It is not started");
    }
    trials.put(kind, LoaderTrial.of(place.spare()));
    sentences.add("a new boot loader for " + kind + " is in place " + place.spare());
  }

  private Optional<? extends LoaderPlace> place(LoaderKind kind) throws IOException {
    return kind == LoaderKind.BIOS ? BiosLoaderPlace.of(disk) : EfiLoaderPlace.of(disk);
  }

  private static boolean same(SortedMap<String, Content> there, List<BundleLoader> files)
      throws IOException {
    boolean same = there.size() == files.size();
    for (BundleLoader file : files) {
      Content content = there.get(file.name());
      same = same && content != null && content.sizeBytes() == file.sizeBytes();
      same = same && digest(content).equals(file.digest());
    }
    return same;
  }

  private static Digest digest(Content content) throws IOException {
    return Digest.of(content.source());
  }

  /** The state in which those that were written are to be tried. */
  BootState tried(BootState state) {
    BootState changed = state;
    for (Map.Entry<LoaderKind, LoaderTrial> trial : trials.entrySet()) {
      changed = changed.withLoader(trial.getKey(), trial.getValue());
    }
    return changed;
  }

  /** What was done, and why something was not. */
  List<String> sentences() {
    return sentences;
  }
}
