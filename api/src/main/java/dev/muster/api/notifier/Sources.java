package dev.muster.api.notifier;

import org.springframework.stereotype.Component;

/// Where a socket reads from what it is not simply told.
@Component
record Sources(Replay replay, AgentStatuses statuses, Frames frames) {}
