-- Queues: where a case lies, by which day it is to be kept, what it waits for, and the lists staff keep for themselves.
-- Each list is one stretch of one index, whatever is filtered: a lane is what the filters choose from.

ALTER TABLE application
  ADD branch VARCHAR(40) NULL COMMENT 'branch where it is collected, copy for lists',
  ADD by_machine TINYINT NOT NULL DEFAULT 0 COMMENT '1: the machine decides it when its gates are closed',
  ADD queue VARCHAR(14) AS (CASE state
    WHEN 'submitted' THEN IF(by_machine = 1, 'accepted', IF(round = 0, 'submitted', 'corrected'))
    WHEN 'reviewing' THEN 'reviewing' WHEN 'returned' THEN 'returned' WHEN 'accepted' THEN 'accepted'
    WHEN 'second_review' THEN 'second_review' WHEN 'approved' THEN 'approved'
    WHEN 'produced' THEN CASE delivery_mode WHEN 'courier' THEN 'to_send' WHEN 'pickup' THEN 'to_collect' END
    WHEN 'ready' THEN 'to_collect' END) STORED COMMENT 'word of lib/domain/queue.c; empty: nobody has to do anything',
  ADD lane VARCHAR(44) AS (CONCAT(service, '.', holder, '.', channel)) STORED COMMENT 'what the filters of a queue choose from',
  ADD keep_day DATE AS (CASE WHEN state IN ('submitted', 'reviewing') AND by_machine = 0 THEN COALESCE(review_due, DATE '2199-12-31')
    WHEN state IN ('second_review', 'approved', 'produced') THEN COALESCE(due, DATE '2199-12-31')
    ELSE DATE '2199-12-31' END) STORED COMMENT 'day staff have to keep, order of the queues; 2199-12-31: no clock runs against them',
  DROP KEY application_queue,
  ADD KEY application_queue (queue, keep_day, id),
  ADD KEY application_lane (queue, lane, keep_day, id),
  ADD KEY application_branch (branch, queue, lane, keep_day, id);

ALTER TABLE gate
  ADD asked TINYINT NOT NULL DEFAULT 0 COMMENT '1: the case needs it, as of its last step',
  ADD waits TINYINT NOT NULL DEFAULT 0 COMMENT '1: everything but gates is done, and this one is open',
  ADD lane VARCHAR(44) NOT NULL DEFAULT '' COMMENT 'as on the case, for lists',
  ADD KEY gate_waits (name, waits, application_id),
  ADD KEY gate_lane (name, waits, lane, application_id);

CREATE TABLE queue_view (
  id BIGINT NOT NULL AUTO_INCREMENT COMMENT 'internal key',
  staff_id BIGINT NOT NULL COMMENT 'whose',
  name VARCHAR(40) NULL COMMENT 'what it is called; empty: given up, the row serves again',
  queue VARCHAR(14) NOT NULL COMMENT 'word of lib/domain/queue.c',
  filters VARCHAR(1000) NOT NULL COMMENT 'the filters as canonical JSON',
  made_at BIGINT NOT NULL COMMENT 'moment, order of the list',
  PRIMARY KEY (id), UNIQUE KEY queue_view_name (staff_id, name),
  CONSTRAINT queue_view_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='queues with filters that a member of staff keeps under a name';
