package dev.muster.tasks.simulation;

import dev.muster.events.id.TaskId;

/// A claim as its runtime knows it.
record Claim(TaskId task, long generation) {}
