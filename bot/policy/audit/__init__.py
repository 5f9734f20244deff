"""The policy against what the server says and what lies there.  Pure: it judges, it asks nobody."""
