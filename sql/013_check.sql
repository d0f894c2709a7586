-- A token is looked at by another person before it leaves the house.

ALTER TABLE issuance
  ADD COLUMN written_by BIGINT NULL COMMENT 'who put it into the token; empty: the applicant''s client' AFTER written_at,
  ADD COLUMN checked_by BIGINT NULL COMMENT 'who looked at the token; empty with checked_at: the applicant installed it' AFTER written_by,
  ADD COLUMN checked_at BIGINT NULL COMMENT 'moment from which the token may leave the house' AFTER checked_by,
  ADD KEY issuance_unchecked (checked_at, state, id),
  ADD CONSTRAINT issuance_writer FOREIGN KEY (written_by) REFERENCES staff (id),
  ADD CONSTRAINT issuance_checker FOREIGN KEY (checked_by) REFERENCES staff (id),
  ADD CONSTRAINT issuance_two CHECK (checked_by IS NULL OR (checked_by<>staff_id AND checked_by<>written_by));

UPDATE issuance SET checked_at=written_at WHERE written_at IS NOT NULL;
