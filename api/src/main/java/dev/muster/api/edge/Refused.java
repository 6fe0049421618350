package dev.muster.api.edge;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/// A request that is answered with a problem document and changes nothing.
///
/// The problem's `error` member is the text the seed's clients know; `type` is stable per kind of
/// refusal.
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String NO_TOKEN = "missing authorization header";

  private final transient HttpStatus status;
  private final String kind;
  private final transient Map<String, Object> members;

  private Refused(HttpStatus status, String kind, String error, Map<String, Object> members) {
    super(error, null, false, false);
    this.status = status;
    this.kind = kind;
    this.members = members;
  }

  /// 400: the request itself is wrong, in the words Multica uses.
  public static Refused badRequest(String error) {
    return new Refused(HttpStatus.BAD_REQUEST, "bad-request", error, Map.of());
  }

  /// 400: one field is wrong.
  ///
  /// @param field the field's path in the body or query, as the client writes it
  /// @param reason what is wrong with it: completes the sentence that starts with the field's name
  public static Refused invalid(String field, String reason) {
    return new Refused(
        HttpStatus.BAD_REQUEST,
        "invalid-field",
        field + " " + reason,
        Map.of("field", field, "reason", reason));
  }

  /// 400: one field is wrong, in the words Multica uses.
  public static Refused invalid(String error, String field, String reason) {
    return new Refused(
        HttpStatus.BAD_REQUEST, "invalid-field", error, Map.of("field", field, "reason", reason));
  }

  /// 400: the request has members or parameters that its route does not know.
  public static Refused unknown(String error, Map<String, Object> which) {
    return new Refused(HttpStatus.BAD_REQUEST, "unknown-field", error, which);
  }

  /// 400: a field of the body has another JSON type than it must have; the seed says no more than
  /// `invalid request body`.
  public static Refused wrongType(String field) {
    return new Refused(
        HttpStatus.BAD_REQUEST,
        "invalid-field",
        "invalid request body",
        Map.of("field", field, "reason", "has the wrong type"));
  }

  /// 400: a number that is larger than the field holds.
  public static Refused outOfRange(String field) {
    return new Refused(
        HttpStatus.BAD_REQUEST,
        "invalid-field",
        "invalid request body",
        Map.of("field", field, "reason", "is out of range"));
  }

  /// 415: a body that is compressed, or otherwise encoded.
  public static Refused encoded() {
    return new Refused(
        HttpStatus.UNSUPPORTED_MEDIA_TYPE,
        "unsupported-media-type",
        "the body must be sent as it is: no Content-Encoding is taken",
        Map.of());
  }

  /// 501: a method that HTTP has not, or that this server does not know.
  public static Refused unknownMethod() {
    return new Refused(
        HttpStatus.NOT_IMPLEMENTED, "not-implemented", "the method is not known", Map.of());
  }

  /// 400: the task is in a state that does not take this, in the words Multica uses.
  public static Refused wrongState(String error, String state) {
    return new Refused(HttpStatus.BAD_REQUEST, "wrong-state", error, Map.of("state", state));
  }

  /// 404: there is no such thing, or it is not the caller's to see.
  public static Refused notFound(String error) {
    return new Refused(HttpStatus.NOT_FOUND, "not-found", error, Map.of());
  }

  /// 403: the caller may see it and may not do this.
  public static Refused forbidden() {
    return new Refused(HttpStatus.FORBIDDEN, "forbidden", "insufficient permissions", Map.of());
  }

  /// 403, in other words than the usual ones.
  public static Refused forbidden(String error) {
    return new Refused(HttpStatus.FORBIDDEN, "forbidden", error, Map.of());
  }

  /// 409: the thing is in a state, or has a neighbour, that does not allow this.
  public static Refused conflict(String error) {
    return new Refused(HttpStatus.CONFLICT, "conflict", error, Map.of());
  }

  /// 409, and what is in the way.
  public static Refused conflict(String error, Map<String, Object> inTheWay) {
    return new Refused(HttpStatus.CONFLICT, "conflict", error, inTheWay);
  }

  /// 409: the workspace, or the issue, has as many as it may have.
  static Refused overQuota(String quota, int max) {
    return new Refused(
        HttpStatus.CONFLICT,
        "over-quota",
        "there may be no more than %d %s".formatted(max, quota),
        Map.of("quota", quota, "max", max));
  }

  /// 409: the workspace keeps as many bytes as it may.
  public static Refused storageFull(long used, long max) {
    return new Refused(
        HttpStatus.CONFLICT,
        "over-quota",
        "the workspace keeps %d bytes, and may keep %d: delete what is not needed any more"
            .formatted(used, max),
        Map.of("quota", "storage", "max", max, "used", used));
  }

  /// 408: the body did not come in time.
  public static Refused tooSlow() {
    return new Refused(
        HttpStatus.REQUEST_TIMEOUT, "too-slow", "the request's body came too slowly", Map.of());
  }

  /// 422: Multica's clients ask for it, and Muster does not have it.
  public static Refused unsupported(String error) {
    return new Refused(HttpStatus.UNPROCESSABLE_CONTENT, "unsupported", error, Map.of());
  }

  /// 429: what the server has for large requests and answers is in use; it will be free again soon.
  public static Refused busy() {
    return new Refused(
        HttpStatus.TOO_MANY_REQUESTS,
        "busy",
        "there are too many large requests and answers at once",
        Map.of());
  }

  /// 410: what was asked for is not kept any more. Says what is.
  public static Refused tooFarBehind(String error, Map<String, Object> kept) {
    return new Refused(HttpStatus.GONE, "too-far-behind", error, kept);
  }

  /// 410: a position, key or id that was good once, or may be in another history, means nothing
  /// here.
  ///
  /// @param kind what has become of it, in the words that sockets say too
  public static Refused overtaken(String kind, String error, Map<String, Object> now) {
    return new Refused(HttpStatus.GONE, kind, error, now);
  }

  /// 409: the writer's claim is over. Says who holds the task now.
  public static Refused fenced(String error, Map<String, Object> holder) {
    return new Refused(HttpStatus.CONFLICT, "fenced", error, holder);
  }

  /// 409: a newer process of the same daemon has taken over.
  public static Refused superseded(String error, Map<String, Object> processes) {
    return new Refused(HttpStatus.CONFLICT, "superseded", error, processes);
  }

  /// 422: the idempotency key was used for another request.
  public static Refused otherRequest(String header) {
    return new Refused(
        HttpStatus.UNPROCESSABLE_CONTENT,
        "idempotency-mismatch",
        header + " was used for another request",
        Map.of("field", header, "reason", "was used for another request"));
  }

  /// 401: no token.
  public static Refused unauthenticated() {
    return unauthorized(NO_TOKEN);
  }

  /// 401: what was sent is no token that is valid.
  public static Refused unauthorized(String error) {
    return new Refused(HttpStatus.UNAUTHORIZED, "unauthorized", error, Map.of());
  }

  /// 413: the body is larger than this route takes.
  public static Refused tooLarge(int maxBytes) {
    return new Refused(
        HttpStatus.CONTENT_TOO_LARGE,
        "too-large",
        "request body too large",
        Map.of("max_bytes", maxBytes));
  }

  /// 429: there are as many as there may be; later there may be room.
  public static Refused tooMany(String error) {
    return tooMany(error, Map.of());
  }

  /// 429, and of what there are too many.
  public static Refused tooMany(String error, Map<String, Object> limit) {
    return new Refused(HttpStatus.TOO_MANY_REQUESTS, "too-many", error, limit);
  }

  /// 503: there is no room for more work just now. Says what is short.
  public static Refused noRoom(String shortage) {
    return new Refused(HttpStatus.SERVICE_UNAVAILABLE, "no-room", shortage, Map.of());
  }

  /// Whether the same request may be taken a little later.
  boolean isTemporary() {
    return status == HttpStatus.TOO_MANY_REQUESTS || status == HttpStatus.SERVICE_UNAVAILABLE;
  }

  /// What a client should sign in with (RFC 6750); null if that is not what was wrong.
  @Nullable String challenge() {
    if (status != HttpStatus.UNAUTHORIZED) {
      return null;
    }
    return message().equals(NO_TOKEN) ? "Bearer" : "Bearer error=\"invalid_token\"";
  }

  public HttpStatus status() {
    return status;
  }

  /// The problem document, its members in the order in which RFC 9457 names them.
  public Map<String, Object> problem() {
    return problem(status, kind, message(), members);
  }

  public static Map<String, Object> problem(
      HttpStatus status, String kind, String error, Map<String, Object> members) {
    var problem = new LinkedHashMap<String, Object>();
    problem.put("type", "urn:muster:problem:" + kind);
    problem.put("title", status.getReasonPhrase());
    problem.put("status", status.value());
    problem.put("detail", error);
    problem.put("error", error);
    problem.putAll(members);
    return problem;
  }

  private String message() {
    var message = getMessage();
    return message == null ? status.getReasonPhrase() : message;
  }
}
