-- A payment of a line for a case stands at most once, but may be taken back as often as people err, also within one second.

ALTER TABLE payment
  ADD standing TINYINT AS (IF(undone_at = 0, 1, NULL)) STORED COMMENT '1: it was not taken back; empty: it was',
  ADD UNIQUE KEY payment_stands (bank_line_id, application_id, standing),
  DROP KEY payment_line;
