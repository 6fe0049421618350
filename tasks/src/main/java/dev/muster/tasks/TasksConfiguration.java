package dev.muster.tasks;

import dev.muster.events.feed.Outbox;
import dev.muster.events.storage.StoredBytes;
import dev.muster.events.trace.Traces;
import dev.muster.tasks.command.Deadlines;
import dev.muster.tasks.decide.Decider;
import dev.muster.tasks.lane.Tasks;
import dev.muster.tasks.schedule.ScheduleEvents;
import dev.muster.tasks.schedule.Schedules;
import dev.muster.tasks.store.Assignments;
import dev.muster.tasks.store.HeldTasks;
import dev.muster.tasks.store.IdleRuns;
import dev.muster.tasks.store.PostgresTransactions;
import dev.muster.tasks.store.RunPolls;
import dev.muster.tasks.store.TaskDeadlines;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// The task's home, for every process that asks something of tasks.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(Deadlines.class)
public class TasksConfiguration {
  @Bean
  Tasks tasks(
      DataSource dataSource,
      Deadlines deadlines,
      Outbox outbox,
      MeterRegistry meters,
      ObjectProvider<Traces> traces,
      @Value("${spring.application.name}") String application) {
    var tasks =
        new Tasks(
            new PostgresTransactions(dataSource),
            new Decider(deadlines),
            outbox,
            meters,
            traces.getIfAvailable());
    // Where api and dispatcher are one process, they have one registry and lanes of their own.
    Gauge.builder("muster.lane.queued", tasks, Tasks::queued)
        .description("Commands that wait for a batch")
        .tag("application", application)
        .register(meters);
    Gauge.builder("muster.claims.parked", tasks, Tasks::parked)
        .description("Claims that wait for work")
        .tag("application", application)
        .register(meters);
    return tasks;
  }

  @Bean
  Schedules schedules(
      JdbcClient db,
      ScheduleEvents events,
      Tasks tasks,
      StoredBytes stored,
      PlatformTransactionManager transactions) {
    return new Schedules(db, events, tasks, stored, new TransactionTemplate(transactions));
  }

  @Bean
  ScheduleEvents scheduleEvents(JdbcClient db, Outbox outbox) {
    return new ScheduleEvents(db, outbox);
  }

  @Bean
  TaskDeadlines taskDeadlines(JdbcClient db, Deadlines deadlines) {
    return new TaskDeadlines(db, deadlines);
  }

  @Bean
  HeldTasks heldTasks(JdbcClient db, Deadlines deadlines) {
    return new HeldTasks(db, deadlines);
  }

  @Bean
  IdleRuns idleRuns(JdbcClient db, Deadlines deadlines) {
    return new IdleRuns(db, deadlines);
  }

  @Bean
  RunPolls runPolls(JdbcClient db, Deadlines deadlines) {
    return new RunPolls(db, deadlines);
  }

  @Bean
  Assignments assignments(JdbcClient db) {
    return new Assignments(db);
  }
}
