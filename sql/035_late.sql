-- What is late is one stretch of an index, whatever stage it is in: only a case that lies in a queue has a day to keep.
-- So is what lies in one queue of a branch, whatever its lane.

ALTER TABLE application
  MODIFY keep_day DATE AS (COALESCE(CASE WHEN state IN ('submitted', 'reviewing') AND by_machine = 0 THEN review_due
    WHEN state IN ('second_review', 'approved') THEN due
    WHEN state = 'produced' AND delivery_mode IN ('courier', 'pickup') THEN due END, DATE '2199-12-31'))
    STORED COMMENT 'day staff have to keep, order of the queues; 2199-12-31: no clock runs against them',
  ADD KEY application_branch_stage (branch, queue, keep_day, id),
  ADD KEY application_day (keep_day, id),
  ADD KEY application_lane_day (lane, keep_day, id),
  ADD KEY application_branch_day (branch, keep_day, id),
  ADD KEY application_branch_lane_day (branch, lane, keep_day, id);
