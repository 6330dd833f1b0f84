"""Django's backend for Postgres, with prepared statements that go to the server several at a time."""
