-- A runtime can be removed. What it has run keeps its id, as history: to take it out of every task would be a walk over all
-- that has ever run. Nothing that is open may name it; whoever removes one sees to that.
ALTER TABLE task DROP CONSTRAINT task_runtime_id_fkey;
