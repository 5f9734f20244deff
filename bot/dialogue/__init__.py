"""How a data subject and the bot talk.  Pure: no I/O, no clock, no XML, no English."""
