package dev.muster.api.snapshot;

import dev.muster.api.access.WorkspaceAccess;
import dev.muster.events.feed.FeedLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/// Reads all parts of a workspace as they were at one moment, and the position of the feed then.
///
/// An event has its position only after its change was committed. So whatever stands at or before
/// the position is in the parts; what is in the parts and has no position yet is told again after
/// it, and does no harm.
@Component
class Snapshots {
  private final FeedLog feedLog;
  private final List<SnapshotPart> parts;

  Snapshots(FeedLog feedLog, List<SnapshotPart> parts) {
    this.feedLog = feedLog;
    this.parts = List.copyOf(parts);
  }

  @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
  public Map<String, Object> read(WorkspaceAccess access) {
    var snapshot = new LinkedHashMap<String, Object>();
    snapshot.put("cursor", feedLog.epoch() + ":" + feedLog.head(access.workspace()));
    for (var part : parts) {
      snapshot.putAll(part.read(access));
    }
    return snapshot;
  }
}
