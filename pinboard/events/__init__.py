"""Events: what happened, told from lower floors to higher ones through an outbox in Postgres."""
