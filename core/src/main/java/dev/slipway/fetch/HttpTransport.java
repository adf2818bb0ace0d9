// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import dev.slipway.fetch.FetchException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * Opens {@code http} and {@code https} addresses with the JDK's client, which is made when first
 * needed: that takes a third of a second.
 *
 * <p>Redirections are followed here, not by the client, so that each hop is judged and gets its own
 * login: from https none leads to http.
 */
final class HttpTransport implements Transport {
  private static final int MOST_REDIRECTIONS = 10;
  private static final int LONGEST_MARK = 256;
  private static final Set<Integer> REDIRECTIONS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]+/.*");

  /**
   * An answer's beginning, taken when it arrives. The client's own response would be lost if the
   * end, or a failure, arrived together with it.
   */
  private record Head(int status, HttpHeaders headers, IdleBody body) {}

  private final FetchOptions options;
  private HttpClient client;

  HttpTransport(FetchOptions options) {
    this.options = options;
  }

  @Override
  public Answer open(Request request, long from, Optional<Validator> begun) throws FetchException {
    URI uri = request.uri();
    for (int hop = 0; hop <= MOST_REDIRECTIONS; hop++) {
      Head response = send(request, uri, from, begun);
      if (!REDIRECTIONS.contains(response.status())) {
        return answer(response, request, uri, from);
      }
      close(response);
      uri = next(response, request, uri);
    }
    throw new FetchException(
        Kind.BAD_ANSWER, request.uri(), "redirected more than " + MOST_REDIRECTIONS + " times");
  }

  private URI next(Head response, Request request, URI from) throws FetchException {
    String location = response.headers().firstValue("Location").orElse("");
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new FetchException(Kind.BAD_ANSWER, request.uri(), "redirected to no valid address", e);
    }
    String scheme = to.getScheme() == null ? "" : to.getScheme().toLowerCase(Locale.ROOT);
    if (location.isEmpty() || to.getHost() == null || !scheme.matches("https?")) {
      throw new FetchException(
          Kind.BAD_ANSWER,
          request.uri(),
          "redirected to \"" + FetchException.withoutLogin(to) + "\", which is not followed");
    }
    if (scheme.equals("http") && from.getScheme().equalsIgnoreCase("https")) {
      throw new FetchException(
          Kind.BAD_ANSWER,
          request.uri(),
          "redirected from https to "
              + FetchException.withoutLogin(to)
              + ", which gives up the protection; use an address that stays on https");
    }
    return to;
  }

  private Head send(Request request, URI uri, long from, Optional<Validator> begun)
      throws FetchException {
    Optional<Proxies.Address> proxy = options.proxies().forUri(uri);
    HttpRequest http = httpRequest(request, uri, from, begun, proxy);
    var head = new CompletableFuture<Head>();
    var exchange =
        client()
            .sendAsync(
                http,
                info -> {
                  var body = new IdleBody(options.idleTimeout());
                  head.complete(new Head(info.statusCode(), info.headers(), body));
                  return body;
                });
    exchange.whenComplete(
        (response, error) -> {
          if (error != null) {
            head.completeExceptionally(error);
          }
        });
    long patience = options.connectTimeout().plus(options.idleTimeout()).toMillis();
    try {
      return head.get(patience, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      throw new FetchException(Kind.INCOMPLETE, request.uri(), "interrupted", e);
    } catch (TimeoutException e) {
      exchange.cancel(true);
      throw new FetchException(
          Kind.UNREACHABLE, request.uri(), "no answer within " + patience + " ms", e);
    } catch (ExecutionException e) {
      throw unreachable(request, uri, proxy, e.getCause());
    }
  }

  private HttpRequest httpRequest(
      Request request,
      URI uri,
      long from,
      Optional<Validator> begun,
      Optional<Proxies.Address> proxy)
      throws FetchException {
    try {
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(withoutLogin(uri)).header("User-Agent", "slipway").GET();
      login(uri).ifPresent(login -> builder.header("Authorization", basic(login)));
      proxy
          .flatMap(Proxies.Address::login)
          .ifPresent(login -> builder.header("Proxy-Authorization", basic(login)));
      if (from > 0) {
        builder.header("Range", "bytes=" + from + "-");
        begun.flatMap(Validator::forRange).ifPresent(mark -> builder.header("If-Range", mark));
      } else {
        request.ifChangedFrom().ifPresent(known -> conditions(builder, known));
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new FetchException(
          Kind.BAD_ANSWER, request.uri(), "cannot be asked for: " + e.getMessage(), e);
    }
  }

  private static void conditions(HttpRequest.Builder builder, Validator known) {
    known.entityTag().ifPresent(tag -> builder.header("If-None-Match", tag));
    known.lastModified().ifPresent(date -> builder.header("If-Modified-Since", date));
  }

  private Optional<String> login(URI uri) {
    return uri.getUserInfo() != null
        ? Optional.of(uri.getUserInfo())
        : options.logins().forUri(uri);
  }

  private static String basic(String login) {
    return "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
  }

  private static URI withoutLogin(URI uri) {
    return URI.create(FetchException.withoutLogin(uri));
  }

  private Answer answer(Head response, Request request, URI last, long from) throws FetchException {
    HttpHeaders headers = response.headers();
    var validator = new Validator(mark(headers, "ETag"), mark(headers, "Last-Modified"));
    Optional<Validator> mark = validator.isEmpty() ? Optional.empty() : Optional.of(validator);
    long length = contentLength(headers);
    return switch (response.status()) {
      case 200 -> new Answer(false, response.body(), 0, length, mark);
      case 206 ->
          new Answer(false, response.body(), rangeStart(response, request, from), length, mark);
      case 304 -> new Answer(true, response.body(), 0, 0, request.ifChangedFrom());
      default -> {
        close(response);
        throw refused(response.status(), request, last);
      }
    };
  }

  /** A mark that can be sent back. */
  private static Optional<String> mark(HttpHeaders headers, String name) {
    return headers
        .firstValue(name)
        .filter(value -> value.length() <= LONGEST_MARK && value.matches("[ -~]+"));
  }

  private static long contentLength(HttpHeaders headers) {
    try {
      OptionalLong length = headers.firstValueAsLong("Content-Length");
      return length.orElse(-1);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static long rangeStart(Head response, Request request, long from) throws FetchException {
    String range = response.headers().firstValue("Content-Range").orElse("");
    Matcher matcher = CONTENT_RANGE.matcher(range);
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) != from) {
      close(response);
      throw new FetchException(
          Kind.BAD_ANSWER,
          request.uri(),
          "asked to go on at byte " + from + ", the server answered with \"" + range + "\"");
    }
    return from;
  }

  private FetchException refused(int status, Request request, URI last) {
    String by = last.equals(request.uri()) ? "" : " at " + FetchException.withoutLogin(last);
    String said = "the server" + by + " answered " + status;
    if (status == 404 || status == 410) {
      return new FetchException(
          Kind.NOT_FOUND, request.uri(), said + ": there is no such file (any more)");
    }
    if (status == 416) {
      return new FetchException(
          Kind.INCOMPLETE, request.uri(), said + ": the file there is shorter than it was");
    }
    if (status == 401 || status == 403) {
      return new FetchException(
          Kind.REFUSED,
          request.uri(),
          said + ": a login is missing or wrong; see apt_auth.conf(5) for where to put it");
    }
    if (status == 407) {
      return new FetchException(
          Kind.REFUSED,
          request.uri(),
          said
              + ": the proxy wants a login; put it into the proxy's address, and for https start Java"
              + " with -Djdk.http.auth.tunneling.disabledSchemes=");
    }
    return PASSING.contains(status)
        ? new FetchException(
            Kind.UNREACHABLE, request.uri(), said + ": the server is out of order; try later")
        : new FetchException(Kind.BAD_ANSWER, request.uri(), said);
  }

  private static FetchException unreachable(
      Request request, URI uri, Optional<Proxies.Address> proxy, Throwable cause) {
    String host = proxy.map(p -> "the proxy " + p.host() + ":" + p.port()).orElse(uri.getHost());
    String advice = "; check the network, the address and the proxy settings";
    if (cause instanceof SSLException) {
      return new FetchException(
          Kind.BAD_ANSWER,
          request.uri(),
          "no secure connection to " + host + ": " + cause.getMessage(),
          cause);
    }
    if (cause instanceof HttpTimeoutException) {
      return new FetchException(
          Kind.UNREACHABLE, request.uri(), "no connection to " + host + " in time" + advice, cause);
    }
    if (cause instanceof ConnectException) {
      return new FetchException(
          Kind.UNREACHABLE, request.uri(), "no connection to " + host + advice, cause);
    }
    return new FetchException(
        Kind.UNREACHABLE,
        request.uri(),
        "talking to " + host + " failed: " + cause.getMessage(),
        cause);
  }

  private static void close(Head response) {
    response.body().close();
  }

  private synchronized HttpClient client() {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1) // mirrors and their proxies know nothing else
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(options.connectTimeout())
              .proxy(new Selector(options.proxies()))
              .build();
    }
    return client;
  }

  /** Our rules as the client asks for them. */
  private static final class Selector extends ProxySelector {
    private final Proxies proxies;

    Selector(Proxies proxies) {
      this.proxies = proxies;
    }

    @Override
    public List<Proxy> select(URI uri) {
      try {
        return List.of(proxies.forUri(uri).map(Selector::http).orElse(Proxy.NO_PROXY));
      } catch (FetchException e) {
        throw new IllegalStateException("bug: the same rule was right a moment ago", e);
      }
    }

    private static Proxy http(Proxies.Address address) {
      return new Proxy(
          Proxy.Type.HTTP, InetSocketAddress.createUnresolved(address.host(), address.port()));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException error) {
      // the request itself fails and says so
    }
  }
}
