-- Messages that reach people: what the gateway said, whether each arrived, and what staff sent again.  Reminders of
-- certificates that expire.  When work was given up.

ALTER TABLE outbox
  MODIFY params_sealed VARBINARY(4000) NULL COMMENT 'variables, JSON, sealed; emptied once sent when they are secret, else after params_until',
  MODIFY state VARCHAR(10) NOT NULL COMMENT 'waiting sending sent delivered failed dead; sending: the gateway may have it',
  MODIFY next_at BIGINT NOT NULL COMMENT 'moment of the next attempt, or (sending) of asking what became of it; moved on while one is under way',
  ADD lane TINYINT NOT NULL DEFAULT 1 COMMENT '0 codes, which go first; 1 all others',
  ADD ends_at BIGINT NULL COMMENT 'moment after which it is of no use any more; empty: none',
  ADD asked_at BIGINT NULL COMMENT 'moment of the last attempt, written before it',
  ADD biz_id VARCHAR(64) NULL COMMENT 'number the gateway gave it',
  ADD error VARCHAR(80) NULL COMMENT 'code of the gateway, of the report or of ours, for the last attempt',
  ADD reported_at BIGINT NULL COMMENT 'moment the phone had it, or was known not to get it',
  ADD poll_at BIGINT NULL COMMENT 'moment to ask whether it arrived; empty: not any more',
  ADD params_until BIGINT NULL COMMENT 'moment the variables are emptied; empty: none are kept',
  ADD resend_of BIGINT NULL COMMENT 'first message, which this one repeats',
  ADD resent_at BIGINT NULL COMMENT 'on the first: moment it was last repeated',
  ADD KEY outbox_lane (state, lane, next_at), ADD KEY outbox_state (state, id), ADD KEY outbox_poll (poll_at),
  ADD KEY outbox_params (params_until),
  DROP KEY outbox_next,
  ADD CONSTRAINT outbox_resend FOREIGN KEY (resend_of) REFERENCES outbox (id);
UPDATE outbox SET lane=0 WHERE template='code';

ALTER TABLE job
  MODIFY state VARCHAR(10) NOT NULL COMMENT 'waiting done dead dropped',
  ADD died_at BIGINT NULL COMMENT 'moment of the last attempt, when it was given up',
  ADD KEY job_state (state, id);

ALTER TABLE certificate
  ADD remind_days SMALLINT NOT NULL DEFAULT 90 COMMENT 'the next reminder is so many days before the last one; 0: none any more',
  ADD remind_on DATE AS (IF(status = 'valid' AND busy_case IS NULL AND successor IS NULL AND remind_days > 0, not_after - INTERVAL remind_days DAY, NULL)) STORED
    COMMENT 'day of that reminder; none while a case is about the certificate or after it ended',
  ADD KEY certificate_remind (remind_on);
