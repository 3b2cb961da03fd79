-- A container that its maker is going to remove, as `ctrd run --rm` does, bears the boot that it was made in: should
-- the machine stop before, nobody else would, and it is forgotten.
ALTER TABLE containers ADD COLUMN boot TEXT NOT NULL DEFAULT '';
