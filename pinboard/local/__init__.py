"""Services for laptops and tests: a Postgres and a Valkey out of wheels. Never for production."""
