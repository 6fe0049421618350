-- A runtime that people have renamed keeps that name when its daemon registers again.
ALTER TABLE runtime ADD renamed boolean NOT NULL DEFAULT false;
