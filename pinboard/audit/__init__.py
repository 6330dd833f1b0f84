"""The audit log: what staff did to whom, and why."""
