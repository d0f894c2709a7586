-- Whose money a line of the bank is, as far as the machine can tell.
ALTER TABLE bank_line
  ADD awaits BIGINT NULL COMMENT 'case whose reference it carries but which is not submitted yet: looked at again then',
  ADD KEY bank_line_awaits (awaits, id),
  ADD CONSTRAINT bank_line_awaited FOREIGN KEY (awaits) REFERENCES application (id);
