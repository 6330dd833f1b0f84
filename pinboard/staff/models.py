"""No tables. Django tells of the end of migrations only to apps that have this module."""
