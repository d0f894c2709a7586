-- What happened at the counter today.
ALTER TABLE application
  ADD KEY application_counter (channel, state_at, id);
