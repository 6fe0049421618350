-- A budget's event says of a private agent that it is one and whose, so that it is told to those who may see it.
CREATE OR REPLACE FUNCTION budget_event(b budget) RETURNS jsonb LANGUAGE sql STABLE
RETURN jsonb_build_object(
  'scope', CASE WHEN (b).agent_id IS NULL THEN 'workspace' ELSE 'agent' END, 'workspace_id', (b).workspace_id,
  'agent_id', (b).agent_id, 'tokens_per_day', (b).tokens_per_day, 'date', (b).day, 'spent', (b).spent,
  'stopped_until', (b).stopped_until)
  || coalesce((SELECT jsonb_build_object('agent', jsonb_build_object('id', a.id, 'visibility', a.visibility,
                                                                     'owner_id', a.owner_id))
                 FROM agent a WHERE a.id = (b).agent_id AND a.visibility = 'private'), '{}');
