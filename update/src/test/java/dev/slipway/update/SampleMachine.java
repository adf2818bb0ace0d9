// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.boot.CoreImage;
import dev.slipway.boot.GrubEfi;
import dev.slipway.bootconfig.BootMenu;
import dev.slipway.bootconfig.GrubModel;
import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.bootconfig.SampleMenus;
import dev.slipway.bootconfig.Slot;
import dev.slipway.bundle.Bundle;
import dev.slipway.bundle.BundleLoader;
import dev.slipway.bundle.BundleOptions;
import dev.slipway.bundle.BundleRecipe;
import dev.slipway.delta.BlockDelta;
import dev.slipway.delta.DeltaOptions;
import dev.slipway.digest.Digest;
import dev.slipway.disk.DiskIdentity;
import dev.slipway.disk.DiskLayout;
import dev.slipway.fs.ext4.Ext4;
import dev.slipway.fs.ext4.Ext4Options;
import dev.slipway.fs.fat.Fat;
import dev.slipway.fs.fat.FatOptions;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.MemoryBlockSink;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.signature.CmsPolicy;
import dev.slipway.signature.DevelopmentKeys;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** A small machine: a disk with release 1.0 in slot A, and bundles for it. */
final class SampleMachine {
  static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");
  static final DevelopmentKeys KEYS =
      DevelopmentKeys.create(DevelopmentKeys.Kind.EC, "Test", TIME, 36_500, new SecureRandom());
  static final BootMenu MENU = SampleMenus.ab();
  static final GrubModel.Script SCRIPT = GrubModel.script(MENU);
  private static final DiskIdentity IDENTITY = DiskIdentity.of("sample");
  private static final Size SLOT = Size.mib(6);

  private SampleMachine() {}

  static CmsPolicy policy() {
    return CmsPolicy.trusting(List.of(KEYS.authority()), TIME, TIME);
  }

  /** A release: half of its bytes are those of every release. */
  static Volume release(String version, long sequence) {
    return release(version, sequence, Instant.EPOCH);
  }

  private static Volume release(String version, long sequence, Instant builtAt) {
    byte[] same = noise(1, 1 << 20);
    byte[] own = noise(sequence, 1 << 20);
    return Ext4.of(
        Tree.of(
                t ->
                    t.file("/vmlinuz", 0644, Content.utf8("kernel " + version + "\n"))
                        .file("/etc/motd", 0644, Content.utf8("welcome to " + version + "\n"))
                        .file("/etc/hosts", 0644, Content.utf8("127.0.0.1 localhost\n"))
                        .file("/same", 0644, Content.bytes(same))
                        .file("/own", 0644, Content.bytes(own))
                        .file(Release.FILE, 0644, about(version, sequence)))
            .mapped(
                (path, inode) ->
                    inode.withMetadata(inode.metadata().withMtime(builtAt.getEpochSecond(), 0))),
        Ext4Options.readOnly(IDENTITY.fileSystemId("slot"), 0));
  }

  /** What a release says of itself. */
  static Content about(String version, long sequence) {
    return Content.utf8("compatible=robot\nversion=" + version + "\nsequence=" + sequence + "\n");
  }

  static byte[] noise(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static Digest digest(Volume volume) throws IOException {
    return Digest.of(volume.open().stream(0, volume.size()));
  }

  /** The whole disk. */
  static byte[] disk() throws IOException {
    return disk(Instant.EPOCH);
  }

  /** The whole disk, with a release that was built at a certain time. */
  static byte[] disk(Instant builtAt) throws IOException {
    var image =
        DiskLayout.AB
            .plan(
                IDENTITY,
                new DiskLayout.Parts(
                    "amd64",
                    bootCode(),
                    Volume.of(BlockSource.bytes(core(1))),
                    Fat.of(
                        GrubEfi.configuration(MENU, MENU.freshState(Set.of(Slot.A)))
                            .with(
                                t ->
                                    efi(1)
                                        .forEach(
                                            (name, content) ->
                                                t.file("/EFI/BOOT/" + name, 0644, content))),
                        FatOptions.of(Size.mib(8), IDENTITY.fatSerial("esp"))),
                    release("1.0", 10, builtAt),
                    Optional.of(SLOT),
                    Optional.empty(),
                    Ext4.of(Tree.empty(), Ext4Options.readOnly(IDENTITY.fileSystemId("data"), 0))))
            .build();
    MemoryBlockSink sink = BlockSink.inMemory((int) image.size());
    image.writeTo(sink, Progress.none());
    return sink.bytes();
  }

  private static byte[] bootCode() {
    byte[] code = noise(40, 440);
    System.arraycopy(new byte[] {0, 8, 0, 0, 0, 0, 0, 0}, 0, code, 0x5C, 8);
    return code;
  }

  /** What an update with boot loaders makes of it. */
  static UpdatedMachine updated() throws IOException {
    return new UpdatedMachine(
        disk(),
        MENU,
        List.of(release("1.0", 10), release("1.1", 11)),
        List.of(core(1), core(2)),
        List.of(efi(1), efi(2)));
  }

  /** Something of a core image's form, for place 1. */
  static byte[] core(int version) {
    byte[] core = noise(100 + version, 3072);
    java.util.Arrays.fill(core, 400, 512, (byte) 0);
    return CoreImage.placed(core, 2048, 1);
  }

  /** The files in a directory of the EFI system partition, but for the boot script of version 1. */
  static Map<String, Content> efi(int version) {
    var files = new TreeMap<String, Content>();
    files.put("BOOTX64.EFI", Content.bytes(noise(200 + version, 5000)));
    files.put("grubx64.efi", Content.bytes(noise(300 + version, 9000)));
    if (version > 1) {
      files.put("grub.cfg", Content.utf8("# version " + version + "\n"));
    }
    return files;
  }

  /** A recipe with boot loaders. */
  static BundleRecipe withLoaders(BundleRecipe recipe, int version) {
    recipe.loader(LoaderKind.BIOS, BundleLoader.CORE, Content.bytes(core(version)));
    efi(version).forEach((name, content) -> recipe.loader(LoaderKind.EFI, name, content));
    return recipe;
  }

  static BundleRecipe recipe(String version, long sequence) {
    return new BundleRecipe("robot", version, TIME).sequence(sequence);
  }

  /** A bundle with the whole image. */
  static Path full(Path directory, String version, long sequence) throws IOException {
    return write(
        recipe(version, sequence).image(Installer.SLOT_CLASS, release(version, sequence)),
        directory,
        version);
  }

  /** A bundle with nothing but a delta from 1.0. */
  static Path delta(Path directory, String version, long sequence) throws IOException {
    Path file = directory.resolve(version + ".delta");
    Volume from = release("1.0", 10);
    Volume to = release(version, sequence);
    try (BlockDelta delta =
        BlockDelta.between(from, to, DeltaOptions.of(directory), Progress.none())) {
      delta.write(file);
    }
    Content target = Content.undigested(to.size(), List.of(), () -> to.open().stream(0, to.size()));
    return write(
        recipe(version, sequence)
            .target(Installer.SLOT_CLASS, target)
            .delta(Installer.SLOT_CLASS, digest(from), "1.0", Content.file(file)),
        directory,
        version);
  }

  /**
   * A bundle with a delta from 1.0 that announces other needs, and perhaps with the whole image.
   */
  static Path announcing(
      Path directory, String version, long sequence, long scratch, long memory, boolean whole)
      throws IOException {
    delta(directory, version, sequence);
    Path file = directory.resolve(version + ".delta");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(92, scratch).putLong(100, memory);
    var crc = new CRC32C();
    crc.update(bytes.array(), 0, 140);
    bytes.putInt(140, (int) crc.getValue());
    Files.write(file, bytes.array());
    return withDelta(directory, file, version, sequence, whole);
  }

  /** A bundle with a delta from 1.0 out of a file, and perhaps with the whole image. */
  static Path withDelta(Path directory, Path delta, String version, long sequence, boolean whole)
      throws IOException {
    Volume to = release(version, sequence);
    BundleRecipe recipe = recipe(version, sequence);
    if (whole) {
      recipe.image(Installer.SLOT_CLASS, to);
    } else {
      Content target =
          Content.undigested(to.size(), List.of(), () -> to.open().stream(0, to.size()));
      recipe.target(Installer.SLOT_CLASS, target);
    }
    recipe.delta(Installer.SLOT_CLASS, digest(release("1.0", 10)), "1.0", Content.file(delta));
    return write(recipe, directory, version + (whole ? "-both" : "-delta"));
  }

  static Path write(BundleRecipe recipe, Path directory, String name) throws IOException {
    Path target = directory.resolve(name + ".raucb");
    Bundle.write(recipe, KEYS.signer(), BundleOptions.zstd(2, directory), target, Progress.none());
    return target;
  }

  static InstallOptions options(Path state) {
    return new InstallOptions(state, Optional.of(Slot.A), TIME, false, Pace.free());
  }

  static Installed install(SystemDisk disk, Path bundle, InstallOptions options)
      throws IOException {
    try (BlockSource source = BlockSource.file(bundle);
        Bundle open = Bundle.open(source, bundle.getFileName().toString(), policy())) {
      return Installer.of(disk, options).install(open, Progress.none());
    }
  }
}
