-- Agents that were made for tasks which name none. Tasks with the same needs go to these, and not to agents of people.
ALTER TABLE agent ADD of_selector boolean NOT NULL DEFAULT false;
UPDATE agent SET of_selector = true
 WHERE runtime_id IS NULL AND name = 'Any ' || coalesce(provider, 'runtime') AND instructions = '';
