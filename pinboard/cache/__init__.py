"""What is kept in Valkey to spare Postgres. All of it may be lost at any moment."""
