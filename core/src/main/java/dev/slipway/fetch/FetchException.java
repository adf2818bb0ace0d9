// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import java.io.IOException;
import java.net.URI;

/**
 * Something could not be fetched. The message names the address (never with its password), what
 * happened, and what to do.
 */
public final class FetchException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What went wrong, for callers that act on it. */
  public enum Kind {
    /** There is no such file at that address, or no longer. */
    NOT_FOUND(false),
    /** The server refuses: a login is missing or wrong, or it may not be read. */
    REFUSED(false),
    /** The server cannot be reached or does not answer in time. */
    UNREACHABLE(true),
    /** The transfer broke off. */
    INCOMPLETE(true),
    /** What came is not what was asked for: its size or its digest is another. */
    WRONG_CONTENT(false),
    /** The server answers in a way that cannot be followed. */
    BAD_ANSWER(false);

    private final boolean passing;

    Kind(boolean passing) {
      this.passing = passing;
    }

    /** Whether trying again may help. */
    boolean passing() {
      return passing;
    }
  }

  private final Kind kind;

  FetchException(Kind kind, URI uri, String message) {
    this(kind, uri, message, null);
  }

  FetchException(Kind kind, URI uri, String message, Throwable cause) {
    super(withoutLogin(uri) + ": " + message, cause);
    this.kind = kind;
  }

  private FetchException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** The same failure, said of something: {@code libc6 2.36-9: http://...}. */
  public FetchException about(String subject) {
    return new FetchException(kind, subject + ": " + getMessage(), this);
  }

  public Kind kind() {
    return kind;
  }

  /** An address as it may be shown. */
  public static String withoutLogin(URI uri) {
    String text = uri.toString();
    String login = uri.getRawUserInfo();
    if (login == null && uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
      String authority = uri.getRawAuthority();
      login = authority.substring(0, authority.lastIndexOf('@'));
    }
    return login == null ? text : text.replaceFirst(java.util.regex.Pattern.quote(login + "@"), "");
  }
}
