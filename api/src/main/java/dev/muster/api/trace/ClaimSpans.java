package dev.muster.api.trace;

import dev.muster.events.feed.TaskTraces;
import dev.muster.events.trace.OnTraces;
import dev.muster.events.trace.TraceContext;
import dev.muster.events.trace.Traces;
import dev.muster.tasks.command.ClaimedTask;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The spans of claims, each in the trace of its task: the request that claims is in a trace of its
/// own, to which the span is linked.
@Component
@OnTraces
public class ClaimSpans {
  private final Traces traces;
  private final TaskTraces tasks;

  ClaimSpans(Traces traces, JdbcClient db) {
    this.traces = traces;
    this.tasks = new TaskTraces(db);
  }

  /// The task with the span from which its runtime goes on; as it is, if nobody traced its making.
  public ClaimedTask of(ClaimedTask claimed) {
    var from = tasks.of(List.of(claimed.id())).get(claimed.id());
    if (from == null) {
      return claimed;
    }
    var parent = from.asParent();
    var builder =
        traces
            .span("claim task", SpanKind.INTERNAL, parent)
            .setAttribute("muster.task.id", claimed.id().toString())
            .setAttribute("muster.workspace.id", claimed.workspaceId().toString())
            .setAttribute("muster.agent.id", claimed.agentId().toString())
            .setAttribute("muster.runtime.id", claimed.runtimeId().toString())
            .setAttribute("muster.attempt", claimed.attempt())
            .setAttribute("muster.claim_generation", claimed.claimGeneration());
    var request = Span.current().getSpanContext();
    if (request.isValid()) {
      builder.addLink(request);
    }
    var span = builder.startSpan();
    span.end();
    return TraceContext.of(parent.with(span))
        .map(context -> claimed.tracedBy(context.parent()))
        .orElse(claimed);
  }
}
