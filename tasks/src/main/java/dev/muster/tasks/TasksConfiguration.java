package dev.muster.tasks;

import dev.muster.events.feed.Outbox;
import dev.muster.tasks.command.Deadlines;
import dev.muster.tasks.decide.Decider;
import dev.muster.tasks.lane.Tasks;
import dev.muster.tasks.schedule.ScheduleEvents;
import dev.muster.tasks.schedule.Schedules;
import dev.muster.tasks.store.Assignments;
import dev.muster.tasks.store.HeldTasks;
import dev.muster.tasks.store.IdleRuns;
import dev.muster.tasks.store.PostgresTransactions;
import dev.muster.tasks.store.TaskDeadlines;
import io.micrometer.core.instrument.MeterRegistry;
import javax.sql.DataSource;
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
  Tasks tasks(DataSource dataSource, Deadlines deadlines, Outbox outbox, MeterRegistry meters) {
    return new Tasks(new PostgresTransactions(dataSource), new Decider(deadlines), outbox, meters);
  }

  @Bean
  Schedules schedules(
      JdbcClient db, ScheduleEvents events, Tasks tasks, PlatformTransactionManager transactions) {
    return new Schedules(db, events, tasks, new TransactionTemplate(transactions));
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
  Assignments assignments(JdbcClient db) {
    return new Assignments(db);
  }
}
