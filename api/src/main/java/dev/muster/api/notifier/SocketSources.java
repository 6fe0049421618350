package dev.muster.api.notifier;

import dev.muster.api.frame.Frames;
import dev.muster.api.message.TaskMessages;
import org.springframework.stereotype.Component;

/// Where a socket reads from what it is not simply told.
@Component
record SocketSources(
    Replay replay,
    AgentStatuses statuses,
    Frames frames,
    TaskOutput output,
    TaskMessages messages) {}
