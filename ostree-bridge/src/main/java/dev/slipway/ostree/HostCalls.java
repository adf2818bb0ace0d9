// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.tree.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.TreeMap;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.posix.POSIXFactory;

/**
 * The calls of the C library that Java does not have. Loaded at the first use, which takes half a
 * second.
 *
 * <p>Paths go as UTF-8, so that they mean the same in every locale.
 */
final class HostCalls {
  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int O_DIRECTORY = 0200000;
  private static final int O_CLOEXEC = 02000000;

  /** {@code linux/fs.h}, where a long has 8 bytes. */
  private static final long FS_IOC_GETFLAGS = 0x80086601L;

  private static final long FS_IOC_SETFLAGS = 0x40086602L;
  private static final int FS_IMMUTABLE_FL = 1 << 4;

  private static final int PATH_BYTES_MAX = 4096;

  /** Linux gives a file at most so many bytes of attribute names, and each as much. */
  private static final int XATTR_BYTES_MAX = 1 << 16;

  /** The functions as {@code man 2} has them. */
  public interface Functions {
    int open(@In byte[] path, int flags);

    int syncfs(int descriptor);

    int ioctl(int descriptor, long request, @In @Out int[] flags);

    int close(int descriptor);

    int mkdir(@In byte[] path, int mode);

    int rename(@In byte[] from, @In byte[] to);

    int symlink(@In byte[] target, @In byte[] path);

    long readlink(@In byte[] path, @Out byte[] target, long size);

    int link(@In byte[] existing, @In byte[] path);

    int chmod(@In byte[] path, int mode);

    int utimensat(int directory, @In byte[] path, @In long[] times, int flags);

    int lchown(@In byte[] path, int uid, int gid);

    long llistxattr(@In byte[] path, @Out byte[] names, long size);

    long lgetxattr(@In byte[] path, @In byte[] name, @Out byte[] value, long size);

    int lsetxattr(@In byte[] path, @In byte[] name, @In byte[] value, long size, int flags);
  }

  /** Loads the library when somebody needs it first. */
  private static final class Loaded {
    static final HostCalls CALLS = new HostCalls(LibraryLoader.create(Functions.class).load("c"));
  }

  private final Functions functions;
  private final Runtime runtime;

  private HostCalls(Functions functions) {
    this.functions = functions;
    this.runtime = Runtime.getRuntime(functions);
  }

  static HostCalls load() {
    return Loaded.CALLS;
  }

  /** Brings everything written to the file system of a directory to the disk. */
  void syncFileSystem(String directory) throws IOException {
    int descriptor = functions.open(bytes(directory), O_DIRECTORY | O_CLOEXEC);
    check(Math.min(descriptor, 0), "open", directory);
    try {
      check(functions.syncfs(descriptor), "syncfs", directory);
    } finally {
      int ignored = functions.close(descriptor);
    }
  }

  /**
   * Sets or clears the attribute that keeps even root from changing a directory, which ostree gives
   * to deployments. A file system without it is left alone.
   */
  void setImmutable(String directory, boolean immutable) throws IOException {
    int descriptor = functions.open(bytes(directory), O_DIRECTORY | O_CLOEXEC);
    check(Math.min(descriptor, 0), "open", directory);
    try {
      int[] flags = new int[2]; // the kernel's type is long, but it writes an int
      if (functions.ioctl(descriptor, FS_IOC_GETFLAGS, flags) != 0) {
        return;
      }
      flags[0] = immutable ? flags[0] | FS_IMMUTABLE_FL : flags[0] & ~FS_IMMUTABLE_FL;
      int ignored = functions.ioctl(descriptor, FS_IOC_SETFLAGS, flags);
    } finally {
      int ignored = functions.close(descriptor);
    }
  }

  void mkdir(String path, int mode) throws IOException {
    check(functions.mkdir(bytes(path), mode), "mkdir", path);
  }

  void rename(String from, String to) throws IOException {
    check(functions.rename(bytes(from), bytes(to)), "rename", to);
  }

  void symlink(String target, String path) throws IOException {
    check(functions.symlink(bytes(target), bytes(path)), "symlink", path);
  }

  String readLink(String path) throws IOException {
    byte[] target = new byte[PATH_BYTES_MAX];
    long length = functions.readlink(bytes(path), target, target.length);
    check((int) Math.min(length, 0), "readlink", path);
    return new String(target, 0, (int) length, StandardCharsets.UTF_8);
  }

  void link(String existing, String path) throws IOException {
    check(functions.link(bytes(existing), bytes(path)), "link", path);
  }

  void chmod(String path, int mode) throws IOException {
    check(functions.chmod(bytes(path), mode), "chmod", path);
  }

  void chown(String path, long uid, long gid) throws IOException {
    check(functions.lchown(bytes(path), (int) uid, (int) gid), "lchown", path);
  }

  /** Sets the times to the epoch, those of a link itself. */
  void setEpoch(String path) throws IOException {
    check(
        functions.utimensat(AT_FDCWD, bytes(path), new long[4], AT_SYMLINK_NOFOLLOW),
        "utimensat",
        path);
  }

  void setXattrs(String path, Xattrs xattrs) throws IOException {
    for (var each : xattrs.asMap().entrySet()) {
      check(
          functions.lsetxattr(
              bytes(path), bytes(each.getKey()), each.getValue(), each.getValue().length, 0),
          "lsetxattr " + each.getKey(),
          path);
    }
  }

  /** All attributes this process may see, links not followed. */
  Xattrs xattrs(String path) throws IOException {
    byte[] names = new byte[XATTR_BYTES_MAX];
    long length = functions.llistxattr(bytes(path), names, names.length);
    check((int) Math.min(length, 0), "llistxattr", path);
    var all = new TreeMap<String, byte[]>();
    for (int start = 0; start < length; ) {
      int end = start;
      while (names[end] != 0) {
        end++;
      }
      String name = new String(names, start, end - start, StandardCharsets.UTF_8);
      byte[] value = new byte[XATTR_BYTES_MAX];
      long size = functions.lgetxattr(bytes(path), bytes(name), value, value.length);
      check((int) Math.min(size, 0), "lgetxattr " + name, path);
      all.put(name, Arrays.copyOf(value, (int) size));
      start = end + 1;
    }
    return Xattrs.of(all);
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
