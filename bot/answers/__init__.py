"""From a question and the policy to a reply.  Pure: no I/O, no clock."""
