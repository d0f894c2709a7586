-- Staff accounts kept through the portal, the audit searched, announcements.

ALTER TABLE audit
  ADD KEY audit_action (action, seq),
  ADD KEY audit_at (at, seq);

ALTER TABLE staff
  MODIFY totp_sealed VARBINARY(200) NULL COMMENT 'TOTP secret, sealed; NULL: none yet, or taken away: set at the next sign-in',
  ADD COLUMN totp_new_sealed VARBINARY(200) NULL COMMENT 'another secret, sealed, until a code of it was typed',
  ADD COLUMN totp_at BIGINT NULL COMMENT 'moment the secret began to hold',
  ADD COLUMN must_change TINYINT NOT NULL DEFAULT 0 COMMENT '1: the password is an initial one and opens nothing but its change',
  ADD COLUMN password_ends_at BIGINT NOT NULL DEFAULT 0 COMMENT 'moment until which an initial password may be used; 0: no end',
  ADD COLUMN code_hash BINARY(32) NULL COMMENT 'keyed hash of the code that stands for the one-time code after this was taken away',
  ADD COLUMN code_ends_at BIGINT NOT NULL DEFAULT 0 COMMENT 'moment until which that code may be used',
  ADD COLUMN code_by BIGINT NULL COMMENT 'staff who confirmed that the secret be taken away, and so hands over the code; NULL: first sign-in without',
  ADD COLUMN signed_in_at BIGINT NULL COMMENT 'moment of the last sign-in',
  ADD COLUMN version INT NOT NULL DEFAULT 1 COMMENT 'raised by every change an administrator makes',
  ADD CONSTRAINT staff_code_by FOREIGN KEY (code_by) REFERENCES staff (id);

UPDATE staff SET totp_at=created_at;

ALTER TABLE staff_role
  ADD COLUMN held TINYINT NOT NULL DEFAULT 1 COMMENT '0: was taken away';

ALTER TABLE session
  ADD COLUMN setup TINYINT NOT NULL DEFAULT 0 COMMENT '1: of staff who have a password or a one-time code to set first; opens nothing else';

CREATE TABLE announcement (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'order in which they were confirmed',
  title VARCHAR(60) NOT NULL COMMENT 'plain text',
  body VARCHAR(1000) NOT NULL COMMENT 'plain text, lines parted by LF; never markup',
  from_day DATE NOT NULL COMMENT 'first day it is shown',
  until_day DATE NOT NULL COMMENT 'last day it is shown',
  reason VARCHAR(400) NOT NULL COMMENT 'why, in the words of who proposed it',
  proposed_by BIGINT NOT NULL COMMENT 'who proposed it',
  checked_by BIGINT NOT NULL COMMENT 'who confirmed it',
  at BIGINT NOT NULL COMMENT 'moment it was confirmed',
  replaces BIGINT NULL COMMENT 'the one it took the place of',
  ended_at BIGINT NULL COMMENT 'moment it was taken down or replaced',
  ended_reason VARCHAR(400) NULL COMMENT 'why',
  ended_by BIGINT NULL COMMENT 'who proposed that',
  end_checked_by BIGINT NULL COMMENT 'who confirmed that',
  PRIMARY KEY (id), KEY announcement_shown (ended_at, until_day),
  CONSTRAINT announcement_proposer FOREIGN KEY (proposed_by) REFERENCES staff (id),
  CONSTRAINT announcement_checker FOREIGN KEY (checked_by) REFERENCES staff (id),
  CONSTRAINT announcement_former FOREIGN KEY (replaces) REFERENCES announcement (id),
  CONSTRAINT announcement_days CHECK (until_day >= from_day),
  CONSTRAINT announcement_two CHECK (checked_by <> proposed_by),
  CONSTRAINT announcement_ended CHECK (ended_at IS NULL OR COALESCE(ended_by <> end_checked_by, FALSE))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='announcements to visitors; rows stay, so the table is its own history';
