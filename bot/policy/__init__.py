"""What the operator promises: facts, read from one file.  Pure: no I/O, no clock."""
