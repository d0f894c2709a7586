-- Every contact takes two persons.  What one person had changed while that was enough stands, and says so.

ALTER TABLE contact
  DROP CONSTRAINT contact_two,
  ADD COLUMN alone TINYINT NOT NULL DEFAULT 0 COMMENT '1: one person changed it while that was enough; 0 from the next change on',
  MODIFY checked_by BIGINT NULL COMMENT 'the second person, who confirmed it; NULL: not changed, or alone';
UPDATE contact SET alone = 1 WHERE value IS NOT NULL AND checked_by IS NULL;
ALTER TABLE contact
  ADD CONSTRAINT contact_two CHECK (value IS NULL OR (alone = 1 AND name <> 'account') OR COALESCE(checked_by <> changed_by, FALSE));

ALTER TABLE contact_history
  DROP CONSTRAINT contact_history_two,
  MODIFY result VARCHAR(10) NOT NULL COMMENT 'done refused withdrawn; alone: done by one person while that was enough',
  MODIFY checked_by BIGINT NULL COMMENT 'who confirmed or refused; NULL: withdrawn, or alone';
UPDATE contact_history SET result = 'alone' WHERE result = 'done' AND checked_by IS NULL;
ALTER TABLE contact_history
  ADD CONSTRAINT contact_history_two CHECK (result = 'withdrawn' OR (result = 'alone' AND name <> 'account') OR COALESCE(checked_by <> staff_id, FALSE));
