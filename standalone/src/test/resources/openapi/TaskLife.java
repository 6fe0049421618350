import dev.muster.generated.ApiClient;
import dev.muster.generated.ApiException;
import dev.muster.generated.api.AgentsApi;
import dev.muster.generated.api.DaemonsApi;
import dev.muster.generated.api.TasksApi;
import dev.muster.generated.api.WorkspacesApi;
import dev.muster.generated.model.AgentFields;
import dev.muster.generated.model.Completion;
import dev.muster.generated.model.NewMessage;
import dev.muster.generated.model.NewMessages;
import dev.muster.generated.model.NewRuntime;
import dev.muster.generated.model.NewTask;
import dev.muster.generated.model.Registration;
import dev.muster.generated.model.WorkspaceFields;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A task's life, by nothing but the generated client. */
public final class TaskLife {
  private TaskLife() {}

  /** Says what became of the task, step by step. */
  public static List<String> lead(String url, String token) throws ApiException {
    var client = new ApiClient();
    client.updateBaseUri(url);
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
    var name = "generated-" + UUID.randomUUID();
    var workspace =
        new WorkspacesApi(client).createWorkspace(new WorkspaceFields().name(name).slug(name)).getId();
    var daemons = new DaemonsApi(client);
    var runtime =
        daemons
            .registerRuntimes(
                new Registration()
                    .workspaceId(workspace.toString())
                    .daemonId(name)
                    .runtimes(List.of(new NewRuntime().type("claude").maxConcurrentTasks(1))),
                null)
            .getRuntimes()
            .getFirst()
            .getId();
    var agent =
        new AgentsApi(client)
            .createAgent(
                new AgentFields().name("Generated").runtimeId(runtime.toString()), workspace, null)
            .getId();
    var tasks = new TasksApi(client);
    var told = new ArrayList<String>();
    var task =
        tasks
            .createTask(
                new NewTask().title("Say hello").agentId(agent.toString()), workspace, null, name)
            .getId();
    told.add(tasks.findTask(task, null).getStatus());
    var claim = daemons.claimTask(runtime, "wait=5", null, null, null).getTask();
    told.add(claim.getStatus());
    var generation = claim.getClaimGeneration();
    told.add(daemons.startTask(task, generation).getStatus());
    daemons.addMessages(
        task,
        new NewMessages().messages(List.of(new NewMessage().seq(1).type("text").content("hello"))),
        generation);
    told.add("said " + tasks.listMessages(task, null, null, null).getFirst().getContent());
    daemons.completeTask(task, new Completion().output("done"), generation);
    told.add(tasks.findTask(task, null).getStatus());
    try {
      tasks.findTask(UUID.randomUUID(), null);
    } catch (ApiException refused) {
      told.add("refused " + refused.getCode());
    }
    return told;
  }
}
