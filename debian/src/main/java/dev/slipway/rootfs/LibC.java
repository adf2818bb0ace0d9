// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.posix.POSIXFactory;

/**
 * The calls of the C library that Java does not have. Loaded at the first use, which takes half a
 * second.
 *
 * <p>Paths go as bytes, so that they mean the same in every locale.
 */
final class LibC {
  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;

  /** The functions as {@code man 2} has them. */
  public interface Functions {
    int mkdir(@In byte[] path, int mode);

    int rmdir(@In byte[] path);

    int unlink(@In byte[] path);

    int rename(@In byte[] from, @In byte[] to);

    int symlink(@In byte[] target, @In byte[] path);

    int link(@In byte[] existing, @In byte[] path);

    int mknod(@In byte[] path, int mode, long device);

    int chmod(@In byte[] path, int mode);

    int lchown(@In byte[] path, int uid, int gid);

    int lsetxattr(@In byte[] path, @In byte[] name, @In byte[] value, long size, int flags);

    int utimensat(int directory, @In byte[] path, @In long[] times, int flags);
  }

  private static LibC loaded;

  private final Functions functions;
  private final Runtime runtime;

  private LibC(Functions functions) {
    this.functions = functions;
    this.runtime = Runtime.getRuntime(functions);
  }

  static synchronized LibC load() {
    if (loaded == null) {
      loaded = new LibC(LibraryLoader.create(Functions.class).load("c"));
    }
    return loaded;
  }

  void mkdir(String path, int mode) throws IOException {
    check(functions.mkdir(bytes(path), mode), "mkdir", path);
  }

  /** Removes without complaint. */
  void remove(String path, boolean directory) {
    int ignored = directory ? functions.rmdir(bytes(path)) : functions.unlink(bytes(path));
  }

  void rename(String from, String to) throws IOException {
    check(functions.rename(bytes(from), bytes(to)), "rename", to);
  }

  void symlink(String target, String path) throws IOException {
    check(functions.symlink(bytes(target), bytes(path)), "symlink", path);
  }

  void link(String existing, String path) throws IOException {
    check(functions.link(bytes(existing), bytes(path)), "link", path);
  }

  /**
   * Makes a special file.
   *
   * @param mode with the bits of its type
   */
  void mknod(String path, int mode, int major, int minor) throws IOException {
    check(functions.mknod(bytes(path), mode, device(major, minor)), "mknod", path);
  }

  /** The C library's form of a device's numbers: see gnu_dev_makedev(3). */
  static long device(int major, int minor) {
    return (minor & 0xffL) | (major & 0xfffL) << 8 | (minor & ~0xffL) << 12;
  }

  void chmod(String path, int mode) throws IOException {
    check(functions.chmod(bytes(path), mode), "chmod", path);
  }

  void chown(String path, long uid, long gid) throws IOException {
    check(functions.lchown(bytes(path), (int) uid, (int) gid), "lchown", path);
  }

  void setXattr(String path, String name, byte[] value) throws IOException {
    check(
        functions.lsetxattr(bytes(path), bytes(name), value, value.length, 0),
        "lsetxattr " + name,
        path);
  }

  void setTime(String path, long seconds, int nanos) throws IOException {
    long[] times = {seconds, nanos, seconds, nanos};
    check(
        functions.utimensat(AT_FDCWD, bytes(path), times, AT_SYMLINK_NOFOLLOW), "utimensat", path);
  }

  private void check(int result, String what, String path) throws IOException {
    if (result != 0) {
      throw new IOException(
          path + ": " + what + ": " + POSIXFactory.getPOSIX().strerror(runtime.getLastError()));
    }
  }

  private static byte[] bytes(String path) {
    byte[] utf8 = path.getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(utf8, utf8.length + 1);
  }
}
