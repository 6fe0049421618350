package dev.muster.dispatcher;

import dev.muster.events.feed.FeedConfiguration;
import dev.muster.tasks.TasksConfiguration;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/// The dispatcher: any number of instances share the workspaces between them, by the partitions of
/// the feed.
@SpringBootApplication
@Import({FeedConfiguration.class, TasksConfiguration.class})
public class DispatcherApplication {}
