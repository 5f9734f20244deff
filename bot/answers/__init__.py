"""From a question and the policy to a reply.  Pure: no I/O, no clock.

Everything said is a sentence of the policy, each from one statement; where the policy is
silent, the answer says so and names whom to ask.
"""
