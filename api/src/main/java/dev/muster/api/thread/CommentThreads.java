package dev.muster.api.thread;

import dev.muster.api.edge.Refused;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// An issue's comments as threads: who answers whom, without the texts.
final class CommentThreads {
  private static final Comparator<Node> OLDEST_FIRST =
      Comparator.comparing(Node::createdAt).thenComparing(node -> node.id().toString());

  /// A comment without its text.
  record Node(UUID id, @Nullable UUID parentId, Instant createdAt) {}

  /// A thread: the comment that began it, and what follows.
  ///
  /// @param replies the oldest first
  record Discussion(Node root, List<Node> replies) {
    Instant lastActivity() {
      return replies.isEmpty() ? root.createdAt() : replies.getLast().createdAt();
    }

    private boolean isBefore(CommentQuery.Place place) {
      var order = lastActivity().compareTo(place.at());
      return order < 0 || (order == 0 && root.id().toString().compareTo(place.id().toString()) < 0);
    }

    private Stream<Node> all() {
      return Stream.concat(Stream.of(root), replies.stream());
    }
  }

  /// What a query is answered with.
  ///
  /// @param next where the next page begins; null on the last
  record Selection(List<UUID> comments, CommentQuery.@Nullable Place next) {
    private static Selection of(Stream<Node> nodes) {
      return new Selection(nodes.map(Node::id).toList(), null);
    }
  }

  private final Map<UUID, Discussion> threads = new HashMap<>();
  private final Map<UUID, UUID> roots = new HashMap<>();

  CommentThreads(List<Node> nodes) {
    var byId = nodes.stream().collect(Collectors.toMap(Node::id, node -> node));
    var sorted = nodes.stream().sorted(OLDEST_FIRST).toList();
    for (var node : sorted) {
      var root = root(node, byId);
      roots.put(node.id(), root.id());
      var thread = threads.computeIfAbsent(root.id(), _ -> new Discussion(root, new ArrayList<>()));
      if (!root.equals(node)) {
        thread.replies().add(node);
      }
    }
  }

  private static Node root(Node node, Map<UUID, Node> byId) {
    var at = node;
    while (at.parentId() != null) {
      var parent = byId.get(at.parentId());
      if (parent == null) {
        break;
      }
      at = parent;
    }
    return at;
  }

  /// The thread that a comment begins; null if it begins none.
  @Nullable Discussion begunBy(UUID comment) {
    return threads.get(comment);
  }

  /// @throws Refused 404 if the query names a thread that the issue does not have
  Selection select(CommentQuery query) {
    Predicate<Node> isNew =
        node -> query.since() == null || node.createdAt().isAfter(query.since());
    if (query.thread() != null) {
      return ofThread(query.thread(), query, isNew);
    }
    if (query.recent() != null) {
      return recent(query.recent(), query, isNew);
    }
    var all = threads.values().stream().flatMap(Discussion::all);
    return Selection.of(
        all.filter(node -> !query.rootsOnly() || threads.containsKey(node.id())).filter(isNew));
  }

  private Selection ofThread(UUID anchor, CommentQuery query, Predicate<Node> isNew) {
    var root = roots.get(anchor);
    var thread = root == null ? null : threads.get(root);
    if (thread == null) {
      throw Refused.notFound(CommentQuery.NO_THREAD);
    }
    if (query.tail() == null) {
      return Selection.of(thread.all().filter(isNew));
    }
    var before = query.before();
    var replies =
        thread.replies().stream()
            .filter(isNew)
            .filter(reply -> before == null || isBefore(reply, before))
            .toList();
    var shown = replies.subList(Math.max(0, replies.size() - query.tail()), replies.size());
    var hasMore = shown.size() < replies.size() && !shown.isEmpty();
    var oldest = hasMore ? shown.getFirst() : null;
    return new Selection(
        Stream.concat(Stream.of(thread.root()), shown.stream()).map(Node::id).toList(),
        oldest == null ? null : new CommentQuery.Place(oldest.createdAt(), oldest.id()));
  }

  private static boolean isBefore(Node node, CommentQuery.Place place) {
    return OLDEST_FIRST.compare(node, new Node(place.id(), null, place.at())) < 0;
  }

  private Selection recent(int wanted, CommentQuery query, Predicate<Node> isNew) {
    var before = query.before();
    var found =
        threads.values().stream()
            .filter(thread -> before == null || thread.isBefore(before))
            .filter(thread -> query.since() == null || thread.lastActivity().isAfter(query.since()))
            .sorted(
                Comparator.comparing(Discussion::lastActivity)
                    .thenComparing(thread -> thread.root().id().toString())
                    .reversed())
            .limit(wanted + 1L)
            .toList();
    var shown = found.subList(0, Math.min(wanted, found.size()));
    var last = found.size() > wanted ? shown.getLast() : null;
    return new Selection(
        shown.stream().flatMap(Discussion::all).filter(isNew).map(Node::id).toList(),
        last == null ? null : new CommentQuery.Place(last.lastActivity(), last.root().id()));
  }
}
