"""Subscriptions: GraphQL over server-sent events, served by a process of their own.

A stream holds no thread and no connection to Postgres while nothing happens. A message between
processes says only *look again*; what is told to the client is read from the truth.
"""
