"""Counters that many may raise at the same time, exactly.

A counter is spread over slots, a row each, and a writer takes a slot at random: a hundred people who
save one pin at once meet in one row in sixteen. The count is the sum of the slots, and it commits
and rolls back with the write that it counts.
"""
